import * as alien from "@alienplatform/core";

const invoices = new alien.Queue("invoices").build();
const orders = new alien.Queue("orders").fifo({ group: "account" }).build();
const billing = new alien.Endpoint("billing")
  .url(process.env.BILLING_URL ?? "https://billing.test/")
  .trigger(invoices)
  .build();
const worker = new alien.Function("worker")
  .code("./src/worker.ts")
  .trigger(orders)
  .secret("TOKEN")
  .build();

export default new alien.Stack("shop").add(invoices).add(orders).add(billing).add(worker).build();
