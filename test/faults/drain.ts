import { monotonic, type Recorder } from "./history.ts";
import { openStore } from "./store.ts";

const leaseMs = 10_000;

/** Takes and acknowledges until the queue holds nothing but dead letters, then records those. */
export async function drain(directory: string, recorder: Recorder): Promise<void> {
  const { tasks, operator, close } = await openStore(directory);
  for (;;) {
    const takenAt = monotonic();
    const messages = await tasks.receive("tasks", 100, { wait: "1s", lease: `${leaseMs}ms` });
    for (const { id, attempt, payload } of messages) {
      recorder.write({
        kind: "deliver",
        key: payload.key,
        id,
        attempt,
        takenAt,
        leaseEnds: takenAt + leaseMs,
      });
      recorder.write({ kind: "settle-start", id, outcome: "ack" });
    }
    if (messages.length > 0) await tasks.ack(messages);
    for (const { id } of messages) recorder.write({ kind: "settle-ok", id, outcome: "ack" });
    const { ready, delayed = 0, inFlight = 0 } = await operator.stats();
    if (ready + delayed + inFlight === 0) break;
  }
  let after: string | undefined;
  for (;;) {
    const page = await operator.deadLetters({
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    for (const letter of page) {
      // The campaign's own payload.
      const { key } = JSON.parse(String(letter.body)) as { key: string };
      recorder.write({ kind: "dead", key, id: letter.id, attempts: letter.attempts });
    }
    after = page.at(-1)?.id;
    if (after === undefined) break;
  }
  await close();
}
