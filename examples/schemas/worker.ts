import { consume, onQueueMessage } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
import { orders } from "./alien.ts";

onQueueMessage(orders, ({ payload }) => {
  const { sku, amount, gift, placed } = payload;
  console.log(
    `${amount} x ${sku}${gift ? " as a gift" : ""}, placed in ${placed.getUTCFullYear()}`,
  );
});

const stop = new AbortController();
console.log("waiting for orders");
await consume({
  signal: stop.signal,
  async onEvent({ outcome }) {
    if (outcome !== "deadLetter") return;
    for (const { error } of await operate(orders).dead.list()) {
      for (const { path, message } of error.issues ?? []) console.log(`dead: ${path}: ${message}`);
    }
    console.log("that is all");
    stop.abort();
  },
});
