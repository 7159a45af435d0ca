const underWay = new Map<string, number>();

/** Stands for what makes the exports: takes a moment, and knows how many it made at once of one customer. */
export const writer = {
  most: 0,
  async write(customer: string): Promise<void> {
    const now = (underWay.get(customer) ?? 0) + 1;
    underWay.set(customer, now);
    writer.most = Math.max(writer.most, now);
    await new Promise((resolve) => setTimeout(resolve, 10));
    underWay.set(customer, (underWay.get(customer) ?? 0) - 1);
  },
};
