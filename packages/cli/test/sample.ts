/** A stack of one queue and one function; deliveries come back quickly. */
export const stackFile = `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks")
  .maxAttempts(3)
  .backoff({ initial: "10ms", factor: 1, max: "10ms", jitter: "none" })
  .build();
const worker = new alien.Function("worker").trigger(tasks).build();

export default new alien.Stack("sample").add(tasks).add(worker).build();
`;

/** A worker that does as its message says. */
export function workerFile(greeting: string): string {
  return `import { deadLetter, onQueueMessage } from "@alienplatform/sdk";

onQueueMessage<{ name: string; attempts?: number }>("tasks", async ({ payload, attempt }) => {
  if (payload.name === "crash" && attempt === 1) process.exit(7);
  if (payload.name === "fail" && attempt === 1) throw new Error("not yet");
  if (payload.name === "poison") return deadLetter("no such account");
  process.stdout.write("${greeting}, " + payload.name + "\\n");
  return undefined;
});
`;
}
