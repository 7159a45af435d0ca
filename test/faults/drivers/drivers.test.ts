import { afterAll, describe, expect, it, vi } from "vitest";
import type { Service } from "./faulty-world.ts";
import { planted } from "./planted.ts";
import type { SeedVerdict } from "./run-seed.ts";
import { runSeeds } from "./run-seeds.ts";
import { services } from "./services.ts";

vi.stubEnv("AWS_ACCESS_KEY_ID", "any");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "any");

/** The services that need nothing but Node; `npm run faults:drivers` has the others, and more seeds. */
const [fauxqs, pubsub, cloudflare] = await Promise.all(
  ["fauxqs", "pubsub", "cloudflare"].map(async (name): Promise<Service> => {
    const service = await services[name]?.();
    if (service === undefined) throw new Error(`the campaign has no ${name}`);
    afterAll(() => service.close());
    return service;
  }),
);

const MESSAGES = 30;
const few = { messages: MESSAGES };

// Each seed waits for leases to end, so they wait together.
describe.concurrent("drivers on a wire that does harm", () => {
  it.each([
    // The third is a FIFO queue.
    ["SQS on fauxqs", fauxqs, [1, 2, 3, 4]],
    ["Pub/Sub on our own server", pubsub, [1, 3]],
    ["Cloudflare Queues on our own server", cloudflare, [1, 2]],
  ])("%s keeps its promises", async (_name, service, seeds) => {
    if (service === undefined) throw new Error("there is no such service");
    const verdicts = await runSeeds(service, seeds, seeds.length, few);
    expect(verdicts.flatMap(({ violations }) => violations)).toEqual([]);
    // On a busy machine callers give up more.
    const all = (of: (verdict: SeedVerdict) => number) =>
      verdicts.reduce((sum, verdict) => sum + of(verdict), 0);
    expect(all(({ faults }) => faults)).toBeGreaterThan(0);
    expect(all(({ sent }) => sent)).toBeGreaterThan(MESSAGES / 2);
  });

  it.each([
    ["a dead letter is deleted and not kept", "was acknowledged as sent and never finished"],
    ["every delivery is the first", "attempt 1 after attempt 1"],
    ["a message is handed out twice", "one delivery is in a take twice"],
  ])("a driver is caught in which %s", async (mistake, broken) => {
    if (fauxqs === undefined) throw new Error("there is no such service");
    const made = { mistake: planted[mistake] ?? expect.fail(`there is no mistake ${mistake}`) };
    // Which harm meets which call depends on the machine's pace: one seed may miss the mistake, all never do.
    const told: string[] = [];
    for (const seed of [5, 6, 7, 8, 9]) {
      const verdicts = await runSeeds(fauxqs, [seed], 1, { ...few, ...made });
      told.push(...verdicts.flatMap(({ violations }) => violations));
      if (told.some((violation) => violation.includes(broken))) return;
    }
    expect(told.join("\n")).toContain(broken);
  });
});
