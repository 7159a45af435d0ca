import { onQueueMessage } from "@alienplatform/sdk";
import { mails } from "./alien.ts";
import { provider } from "./provider.ts";

export interface Mail {
  readonly to: string;
}

let sent = 0;

// What the provider throws brings the mail back after the queue's backoff; the sixth failure makes it a dead letter.
onQueueMessage<Mail>(mails.id, async ({ payload }) => {
  const answer = await provider.deliver(payload.to);
  sent++;
  console.log(`mail ${sent} ${answer}; at most ${provider.most} at once`);
});
