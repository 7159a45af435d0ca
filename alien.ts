import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks")
  .maxAttempts(3)
  .backoff({ initial: "100ms", jitter: "none" })
  .build();
const worker = new alien.Function("worker").trigger(tasks).build();

export default new alien.Stack("images").add(tasks).add(worker).build();
