import { queue } from "@alienplatform/sdk";
import { trace } from "@opentelemetry/api";

const orders = await queue("orders");
await trace.getTracer("shop").startActiveSpan("checkout", async (checkout) => {
  await orders.send("orders", { item: "tea" });
  checkout.end();
});
