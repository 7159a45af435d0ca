import { consume, onQueueMessage } from "@alienplatform/sdk";

const balances = new Map<string, number>();

onQueueMessage<{ account: string; amount: number }>("payments", ({ payload, attempt }) => {
  const { account, amount } = payload;
  if (account === "ann" && amount > 0 && attempt === 1) throw new Error("the bank is busy");
  const balance = (balances.get(account) ?? 0) + amount;
  if (balance < 0) console.log(`overdrawn: ${account}`);
  balances.set(account, balance);
  console.log(`${amount > 0 ? "deposit" : "withdrawal"} of ${account}`);
});

console.log("waiting for payments");
await consume();
console.log("stopped");
