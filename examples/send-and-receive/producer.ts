import { queue } from "@alienplatform/sdk";

const orders = await queue("orders");
for (const item of ["tea", "bread", "honey"]) {
  await orders.send("orders", { item });
  console.log(`ordered ${item}`);
}
