import assert from "node:assert/strict";
import { parseDuration } from "@alienplatform/core";
import type { ConformanceCase } from "../case.ts";

const options = { retentionMs: 60_000 };
const since = { "retention since a message was due": true } as const;

/** How long what nobody handles is kept, and what is kept for longer. */
export const keeping: readonly ConformanceCase[] = [
  {
    name: "a message kept longer than the retention is gone",
    options,
    async run(bench) {
      await bench.texts("old");
      await bench.clock.advance(bench.options.retentionMs - 2_000);
      await bench.texts("young");
      await bench.clock.advance(4_000);
      assert.equal((await bench.one()).payload, "young");
      await bench.nothing("the old message is still there");
    },
  },
  {
    name: "a delayed message is kept for the retention from when it is due",
    needs: { delay: true, ...since },
    options,
    async run(bench) {
      const { retentionMs } = bench.options;
      const delay = bench.longDelay;
      await bench.client.send({ n: 1 }, { delay });
      await bench.client.send({ n: 2 }, { delay });
      await bench.clock.advance(parseDuration(delay, "delay") + retentionMs - 2_000);
      await bench.one();
      await bench.clock.advance(4_000);
      await bench.nothing("the second is still there");
    },
  },
  {
    name: "a retry is kept for the retention from when it is due",
    needs: { "retry delay": true, ...since },
    options,
    async run(bench) {
      const { retentionMs } = bench.options;
      const delay = bench.longRetry;
      await bench.texts("a");
      await bench.client.nack(await bench.one(), { delay });
      await bench.clock.advance(parseDuration(delay, "delay") + retentionMs - 2_000);
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "a message that is on loan for longer than the retention comes back all the same",
    needs: { "leases chosen at receive": true, ...since },
    options,
    async run(bench) {
      const leaseMs = 2 * bench.options.retentionMs;
      await bench.texts("long");
      const lease = `${leaseMs}ms` as const;
      await bench.soon(bench.client.receive(bench.queue, 1, { lease, wait: bench.wait }));
      await bench.almost(leaseMs);
      await bench.due();
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "dead letters stay for longer than the retention, until somebody acts upon them",
    needs: { operator: true },
    options,
    async run(bench) {
      const id = await bench.kill("a");
      await bench.clock.advance(20 * bench.options.retentionMs);
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map((letter) => letter.id),
        [id],
      );
      await bench.operator.redrive([id]);
      assert.equal((await bench.one()).id, id);
    },
  },
];
