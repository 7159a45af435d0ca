import { queue } from "@alienplatform/sdk";

const orders = await queue("orders");
await Promise.all(
  ["ann", "bob", "eve"].map((customer) => orders.send("orders", { customer, item: "a lamp" })),
);
console.log("sent 3 orders");
