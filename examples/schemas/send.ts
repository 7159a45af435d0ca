import { AlienError, queue } from "@alienplatform/sdk";
import { orders } from "./alien.ts";

const typed = await queue(orders);
await typed.send("orders", { sku: "lamp", amount: "2", placed: "2030-01-02T03:04:05Z" });
console.log("sent an order for lamps");

try {
  await typed.send("orders", { sku: "", amount: -1, placed: "yesterday" });
} catch (error) {
  if (!(error instanceof AlienError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}

// Another program, which does not know the schema. The handler's side checks it too.
const untyped = await queue("orders");
await untyped.send("orders", { sku: "chair" });
console.log("sent an order without an amount");
