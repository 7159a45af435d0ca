import { operate } from "@alienplatform/sdk/operate";

const orders = operate("orders");
const filter = { error: "amount is no number" };
for (const letter of await orders.dead.list({ filter, limit: 100 })) {
  const order = JSON.parse(String(letter.body));
  for (const { number, outcome, error } of letter.history) {
    console.log(`order ${order.order}, attempt ${number}: ${outcome}, ${error?.message}`);
  }
  await orders.dead.edit(letter.id, { ...order, amount: Number(order.amount) });
}
// No more than ten a second, for the sake of whoever is behind the handler.
const redriven = await orders.dead.redriveAll({ filter, perSecond: 10 });
console.log(`redrove ${redriven}`);
await orders.close();
