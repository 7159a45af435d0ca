import { onQueueMessage } from "@alienplatform/sdk";

interface Task {
  readonly name: string;
}

// Returning acknowledges the message; throwing brings it back a little later, five times at most.
onQueueMessage<Task>("tasks", async (message, { log }) => {
  log.info(`hello, ${message.payload.name}`);
});
