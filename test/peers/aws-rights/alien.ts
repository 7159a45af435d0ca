import * as alien from "@alienplatform/core";

const orders = new alien.Queue("orders")
  .maxAttempts(2)
  .backoff({ initial: "100ms", jitter: "none" })
  .results("1h")
  .build();
const receipts = new alien.Queue("receipts").build();
const archive = new alien.Queue("archive").results("1h").build();
const letters = new alien.Queue("letters").results("1h").build();
const worker = new alien.Function("worker").trigger(orders).link(receipts, "send").build();
const auditor = new alien.Function("auditor").link(archive, "receive").secret("TOKEN").build();
const janitor = new alien.Function("janitor").link(letters, "operate").build();

export default new alien.Stack("rights")
  .add(orders)
  .add(receipts)
  .add(archive)
  .add(letters)
  .add(worker)
  .add(auditor)
  .add(janitor)
  .build();
