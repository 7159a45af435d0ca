/** Stands for the bank's client. It charges once for a reference, however often it is asked. */
export const bank = {
  charges: new Map<string, number>(),
  async charge(reference: string, cents: number): Promise<void> {
    bank.charges.set(reference, cents);
  },
};
