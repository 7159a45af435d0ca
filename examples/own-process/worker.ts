import { consume, onQueueMessage } from "@alienplatform/sdk";

onQueueMessage<{ to: string }>("emails", (message) => {
  // The first attempt at bob fails, as mail servers do; the queue tries again.
  if (message.payload.to === "bob" && message.attempt === 1) throw new Error("mailbox busy");
  console.log(`mailed ${message.payload.to} at attempt ${message.attempt}`);
});

console.log("waiting for emails");
// Until SIGTERM or Ctrl-C: what is being handled is finished, the rest goes back to the queue.
await consume();
console.log("stopped");
