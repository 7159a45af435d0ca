import { consume, onQueueMessage } from "@alienplatform/sdk";
import { mails } from "./alien.ts";

interface Mail {
  readonly subject: string;
}

onQueueMessage<Mail>(mails.id, ({ payload, priority }) => {
  console.log(`sent ${payload.subject}, priority ${priority}`);
});

console.log("waiting for mails");
await consume();
