import { consume } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";

// The repository's own worker in a process of its own, until so many messages have their end. Then its dead letters.
await import("../../../src/worker.ts");

let left = Number(process.argv[2]);
const done = new AbortController();
await consume({
  signal: done.signal,
  onEvent: ({ id, attempt, outcome, error }) => {
    write({ id, attempt, outcome, error: error?.message });
    if (outcome === "ack" || outcome === "deadLetter") left--;
    if (left === 0) done.abort();
  },
});

const operator = await operate("tasks");
for (const { id, attempts, error } of await operator.dead.list()) {
  write({ id, attempts, outcome: "dead", error: error.message });
}
await operator.close();

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
