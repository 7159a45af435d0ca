import { consume, onQueueMessage, queue } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";

const invoices = await queue<{ number: number }>("invoices");
const operations = operate("invoices");
const morning = new AbortController();

onQueueMessage<{ number: number }>("invoices", async ({ payload }) => {
  console.log(`paid invoice ${payload.number}`);
  if (payload.number === 2) morning.abort();
});

// A short night, so that nobody has to wait for it.
await operations.pause("the bank is closed", { until: "2s" });
const consuming = consume({ signal: morning.signal });
await invoices.send({ number: 1 });
await invoices.send({ number: 2 });
const { ready, paused } = await operations.stats();
console.log(`${ready} invoices wait: ${paused?.reason}`);

// Nobody has to resume it.
await consuming;
console.log("the bank has opened");
await operations.close();
await invoices.close();
