import * as alien from "@alienplatform/core";

const mails = new alien.Queue("mails").build();
const invoices = new alien.Queue("invoices").build();
// Nobody in the stack consumes it: a process of one's own pulls.
const reports = new alien.Queue("reports").lease("2m").build();

const mailer = new alien.Function("mailer")
  .trigger(mails, { batchSize: 5, paused: true })
  .link(reports, "send")
  .environment({ SENDER: "shop@example.com" })
  .secret("SMTP_PASSWORD")
  .build();
const billing = new alien.Endpoint("billing")
  .url("https://billing.example/jobs")
  .trigger(invoices)
  .build();

export default new alien.Stack("shop")
  .add(mails)
  .add(invoices)
  .add(reports)
  .add(mailer)
  .add(billing)
  .build();
