import * as alien from "@alienplatform/core";

// Where receiver.ts, or receiver.py, listens: programs that know nothing of queues.
const port = process.env.PORT ?? "8080";

const invoices = new alien.Queue("invoices").backoff({ initial: "200ms" }).build();
const billing = new alien.Endpoint("billing")
  .url(`http://localhost:${port}/jobs`)
  .trigger(invoices)
  .build();

export default new alien.Stack("http-consumer").add(invoices).add(billing).build();
