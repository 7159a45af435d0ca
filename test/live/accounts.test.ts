import { inRealTime, queueConformance } from "@alienplatform/bindings/conformance";
import { afterAll, beforeAll, describe, it } from "vitest";
import { runJob } from "../journeys/same-code/run-job.ts";
import { LargeApart } from "../peers/support/large-apart.ts";
import type { Account, Vendor } from "./account.ts";
import { cloudflare } from "./cloudflare.ts";
import { pubsub } from "./pubsub.ts";
import { serviceBus } from "./service-bus.ts";
import { sqs } from "./sqs.ts";

/** What begins so was made by these tests. The time follows, so that a later run knows what an earlier one has left. */
const OURS = "alien-live-";
const prefix = `${OURS}${Date.now().toString(36)}-`;
const LEFT_MS = 6 * 60 * 60 * 1_000;
/** For as many queues as a run may leave. */
const REMOVING_MS = 10 * 60_000;

for (const vendor of [sqs, pubsub, serviceBus, cloudflare]) {
  const missing = vendor.missing(process.env);
  if (missing === undefined) live(vendor, vendor.open(process.env, prefix));
  else {
    process.stderr.write(`${vendor.name} is not run: ${missing} is not set\n`);
    it(vendor.name, ({ skip }) => skip(`${missing} is not set`));
  }
}

function live({ name, except = {} }: Vendor, account: Account): void {
  describe(name, () => {
    // What a run left that was killed.
    beforeAll(() => removeAll(account, OURS, isOld), REMOVING_MS);
    afterAll(async () => {
      await removeAll(account, prefix, () => true);
      await account.close();
    }, REMOVING_MS);

    const runner = new LargeApart();
    const worlds = inRealTime((options, clock) => account.world(options, clock));
    queueConformance({ name, runner, except, ...worlds });
    runner.end(`${name}, large messages`);

    it("the pictures of this repository are made by the same code", () =>
      runJob({ name, open: async (options) => ({ binding: await account.make(options) }) }));
  });
}

async function removeAll(
  account: Account,
  start: string,
  which: (name: string) => boolean,
): Promise<void> {
  const names = (await account.names(start)).filter(which);
  for (const name of names) await account.remove(name);
}

function isOld(name: string): boolean {
  const [madeAt = ""] = name.slice(OURS.length).split("-");
  return Number.parseInt(madeAt, 36) < Date.now() - LEFT_MS;
}
