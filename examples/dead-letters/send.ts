import { queue } from "@alienplatform/sdk";

const orders = await queue("orders");
const mails = await queue("mails");
// Somebody's till writes amounts as text.
await orders.send("orders", { order: 17, amount: "12.50" });
await mails.send("mails", { to: "ada" });
console.log("sent an order and a mail");
