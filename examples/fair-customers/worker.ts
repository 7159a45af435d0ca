import { onQueueMessage } from "@alienplatform/sdk";
import { exports } from "./alien.ts";
import { writer } from "./writer.ts";

export interface Export {
  readonly customer: string;
  readonly number: number;
}

let done = 0;

onQueueMessage<Export>(exports.id, async ({ payload: { customer, number } }) => {
  await writer.write(customer);
  console.log(`export ${++done}: ${customer} ${number}, at most ${writer.most} of one customer`);
});
