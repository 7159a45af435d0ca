/** Stands for the mail provider's client: takes a moment, and knows how many mails it was given at once. */
export const provider = {
  underWay: 0,
  most: 0,
  async deliver(to: string): Promise<string> {
    provider.underWay++;
    provider.most = Math.max(provider.most, provider.underWay);
    await new Promise((resolve) => setTimeout(resolve, 20));
    provider.underWay--;
    return `accepted for ${to}`;
  },
};
