import assert from "node:assert/strict";
import { parseDuration } from "@alienplatform/core";
import type { ConformanceCase } from "../case.ts";

const options = { resultsMs: parseDuration("24h") };
const needs = { jobs: true } as const;

/** Waiting for the end of a job. */
export const jobWaits: readonly ConformanceCase[] = [
  {
    name: "a wait for a job goes on over failures, and ends with the job",
    options,
    needs,
    async run(bench) {
      const { signal } = new AbortController();
      const [id = "", other = ""] = await bench.texts("a", "b");
      let ended = false;
      const wait = bench.operator.jobEnded(id, signal).finally(() => {
        ended = true;
      });
      const otherWait = bench.operator.jobEnded(other, signal);
      const [a, b] = await bench.take(2);
      assert(a && b);
      await bench.client.nack(a);
      await bench.client.deadLetter(b, "no");
      assert.equal((await bench.soon(otherWait))?.status, "DEAD");
      assert.equal(ended, false, "the wait ended with a failure");
      const { delivery, receiver } = await bench.delivery();
      await bench.settle(receiver, delivery, { kind: "ack", result: "7" });
      const done = await bench.soon(wait);
      assert.deepEqual([done?.status, done?.result], ["SUCCEEDED", "7"]);
      assert.equal((await bench.soon(bench.operator.jobEnded(id, signal)))?.status, "SUCCEEDED");
    },
  },
  {
    name: "a wait for a job ends when it is cancelled",
    options,
    needs,
    async run(bench) {
      const { signal } = new AbortController();
      const [id = ""] = await bench.texts("a");
      const wait = bench.operator.jobEnded(id, signal);
      await bench.operator.cancelJob(id);
      assert.equal((await bench.soon(wait))?.status, "CANCELLED");
    },
  },
  {
    name: "a wait for a job ends when it is purged",
    options,
    needs: { ...needs, purge: true },
    async run(bench) {
      const { signal } = new AbortController();
      const [id = ""] = await bench.texts("a");
      const wait = bench.operator.jobEnded(id, signal);
      await bench.operator.purge();
      assert.equal((await bench.soon(wait))?.status, "CANCELLED");
    },
  },
  {
    name: "a wait for a job can be given up, and there is none for an unknown one",
    options,
    needs,
    async run(bench) {
      const [id = ""] = await bench.texts("a");
      const abort = new AbortController();
      const wait = bench.refused("ABORTED", () => bench.operator.jobEnded(id, abort.signal));
      abort.abort();
      await bench.soon(wait);
      const { signal } = new AbortController();
      const unknown = bench.operator.jobEnded("00000000000000000000000000", signal);
      assert.equal(await bench.soon(unknown), undefined);
      assert.equal(await bench.operator.job("00000000000000000000000000"), undefined);
    },
  },
];
