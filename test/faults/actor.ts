// One process of a campaign: `node actor.mjs <role> <name> <history folder> <seed>`; the queue comes by ALIEN_TASKS_BINDING.
import { writeSync } from "node:fs";
import { AlienError } from "@alienplatform/core";
import { queue } from "@alienplatform/sdk";
import { monotonic, Recorder, type SettledAs } from "./history.ts";

const [role = "", name = "", folder = "", seed = "1"] = process.argv.slice(2);
const recorder = new Recorder(folder, name);
const random = seededRandom(Number(seed));
const tasks = await queue<{ key: string; filler: string }>("tasks");
const leaseMs = 1_500;

let stopping = false;
process.on("message", (message) => {
  if (message === "stop") stopping = true;
});
process.on("disconnect", () => process.exit(0));

if (role === "sender") await send();
else if (role === "consumer") await consume();
else await mark(Number(seed));
process.exit(0);

async function send(): Promise<void> {
  for (let round = 0; !stopping; round++) {
    const size = 1 + Math.floor(random() * 8);
    await Promise.all(
      Array.from({ length: size }, (_, index) => sendOne(`${name}-${round}-${index}`)),
    );
    if (round === 0) process.send?.("busy");
  }
}

async function sendOne(key: string): Promise<void> {
  recorder.write({ kind: "send-start", key });
  try {
    const filler = "x".repeat(Math.floor(random() * 300));
    const { id } = await tasks.send("tasks", { key, filler });
    recorder.write({ kind: "send-ok", key, id });
  } catch (error) {
    // In doubt, or not taken: either way it was not answered.
    if (!(error instanceof AlienError && (error.retryable || error.code === "OWNER_LOST"))) {
      throw error;
    }
  }
}

async function consume(): Promise<void> {
  process.send?.("busy");
  while (!stopping) {
    const takenAt = monotonic();
    const messages = await tasks
      .receive("tasks", 10, { wait: "100ms", lease: `${leaseMs}ms` })
      .catch(forgive);
    for (const message of messages) {
      const { key } = message.payload;
      const { id, attempt } = message;
      // The lease began no earlier than the take was called, and no later than now.
      recorder.write({ kind: "deliver", key, id, attempt, takenAt, leaseEnds: takenAt + leaseMs });
    }
    await Promise.all(messages.map((message) => settleOne(message.id, message.receiptHandle)));
  }
}

async function settleOne(id: string, receipt: string): Promise<void> {
  const dice = random();
  if (dice < 0.03) return; // left to its lease
  const outcome: SettledAs = dice < 0.8 ? "ack" : dice < 0.97 ? "nack" : "deadLetter";
  recorder.write({ kind: "settle-start", id, outcome });
  try {
    if (outcome === "ack") await tasks.ack("tasks", receipt);
    else if (outcome === "nack") await tasks.nack("tasks", receipt, { reason: "dice" });
    else await tasks.deadLetter("tasks", receipt, "dice");
    recorder.write({ kind: "settle-ok", id, outcome });
  } catch (error) {
    if (!(error instanceof AlienError)) throw error;
    if (!error.retryable) recorder.write({ kind: "settle-refused", id, code: error.code });
  }
}

/** Sends and acks one by one between two marks that a trace of the system calls shows. */
async function mark(count: number): Promise<void> {
  const marked = async <T>(label: string, run: () => Promise<T>): Promise<T> => {
    writeSync(1, `< ${label}\n`);
    const result = await run();
    writeSync(1, `> ${label}\n`);
    return result;
  };
  for (let n = 0; n < count; n++) {
    await marked(`send ${n}`, () => tasks.send("tasks", { key: String(n), filler: "" }));
  }
  for (let n = 0; n < count; n++) {
    const [message] = await tasks.receive("tasks");
    if (message === undefined) throw new Error(`only ${n} of ${count} came back`);
    await marked(`ack ${n}`, () => tasks.ack("tasks", message.receiptHandle));
  }
}

/** A take that failed for a passing reason took nothing. */
function forgive(error: unknown): [] {
  if (error instanceof AlienError && error.retryable) return [];
  throw error;
}

function seededRandom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
