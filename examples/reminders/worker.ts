import { consume, onQueueMessage } from "@alienplatform/sdk";

onQueueMessage<{ patient: string }>("reminders", ({ payload }) => {
  console.log(`reminded ${payload.patient}`);
});

console.log("waiting for reminders");
await consume();
