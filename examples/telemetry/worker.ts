import { consume, onQueueMessage } from "@alienplatform/sdk";
import { trace } from "@opentelemetry/api";

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

onQueueMessage("orders", () =>
  trace.getTracer("shop").startActiveSpan("pack", async (pack) => {
    pack.end();
    // With --once the first order is the last.
    if (process.argv.includes("--once")) stop.abort();
  }),
);

await consume({ signal: stop.signal });
