// moto behind the proxy that gives what it lacks, in a process of its own: its work is not counted as ours.
import { startAws } from "../../peers/support/aws/start-aws.ts";

/** Calls since the last `begin`, with when they began and ended: milliseconds since the epoch. */
export interface AwsCalls {
  readonly counts: Readonly<Record<string, number>>;
  readonly spans: readonly (readonly [began: number, ended: number])[];
}

/** Forgets the calls so far, and makes those that come longer; or asks for them. */
export type AwsQuestion =
  | { readonly ask: "begin"; readonly delayMs: number }
  | { readonly ask: "calls" };

const stops: (() => Promise<void>)[] = [];
const { endpoint, region, accountId, proxy } = await startAws({
  atEnd: (stop) => void stops.push(stop),
  // What AWS itself needs until it is ready is no figure of ours.
  readsUntilReady: 0,
  newRoleRefusals: 0,
});
let delayMs = 0;
let from = 0;
let spans: (readonly [number, number])[] = [];
proxy.use(async (call, pass) => {
  const began = Date.now();
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  const answer = await pass(call);
  spans.push([began, Date.now()]);
  return answer;
});
process.on("message", (question: AwsQuestion) => {
  if (question.ask === "calls") {
    process.send?.({ counts: proxy.counts(proxy.calls.slice(from)), spans } satisfies AwsCalls);
    return;
  }
  from = proxy.calls.length;
  spans = [];
  delayMs = question.delayMs;
  process.send?.({});
});
process.once("disconnect", async () => {
  for (const stop of stops.reverse()) await stop();
});
process.send?.({ endpoint, region, accountId });
