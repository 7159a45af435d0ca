import { describe, expect, test } from "vitest";
import { HOUR, JobsDesk } from "./jobs-desk.ts";

describe("listing", () => {
  /** One job of every kind, the oldest first. */
  async function ofEveryKind(jobs: JobsDesk): Promise<Record<string, string>> {
    const { desk } = jobs;
    const step = async (run: () => Promise<string>): Promise<string> => {
      await desk.clock.advance(1_000);
      return run();
    };
    const succeeded = await step(() => jobs.sendOne());
    await jobs.takeAndAck(1);
    const withResult = await step(() => jobs.sendOne());
    await desk.settle((await desk.take(1))[0], { kind: "ack", result: "1" });
    const dead = await step(() => jobs.sendOne());
    const failed = await step(() => jobs.sendOne());
    for (const delivery of await desk.take(2)) {
      await desk.settle(delivery, { kind: "deadLetter", error: { code: "E", message: "no" } });
    }
    await desk.engine.call("tasks", "discard", [[failed]]);
    const running = await step(() => jobs.sendOne());
    await desk.take(1, { leaseMs: HOUR });
    const retried = await step(() => jobs.sendOne());
    await desk.retry((await desk.take(1))[0], HOUR);
    const cancelled = await step(() => jobs.sendOne());
    await jobs.cancel(cancelled);
    const delayed = await step(() => jobs.sendOne({ delayMs: HOUR }));
    const ready = await step(() => jobs.sendOne());
    return {
      succeeded,
      withResult,
      dead,
      failed,
      running,
      retried,
      cancelled,
      delayed,
      ready,
    };
  }

  test.each([false, true])(
    "shows the newest first, by status, page by page (FIFO: %s)",
    async (fifo) => {
      const jobs = await JobsDesk.open({ fifo });
      const kinds = await ofEveryKind(jobs);
      const all = Object.values(kinds).toReversed();
      for (let time = 0; time < 2; time++) {
        expect(await jobs.ids()).toEqual(all);
        const pages: string[] = [];
        for (let after: string | undefined; ; ) {
          const page: readonly string[] = await jobs.ids({
            limit: 2,
            ...(after !== undefined && { after }),
          });
          if (page.length === 0) break;
          pages.push(...page);
          after = page.at(-1);
        }
        expect(pages).toEqual(all);
        expect(await jobs.ids({ status: "PENDING" })).toEqual([
          kinds.ready,
          kinds.delayed,
          kinds.retried,
        ]);
        expect(await jobs.ids({ status: "RUNNING" })).toEqual([kinds.running]);
        expect(await jobs.ids({ status: "SUCCEEDED" })).toEqual([
          kinds.withResult,
          kinds.succeeded,
        ]);
        expect(await jobs.ids({ status: "DEAD" })).toEqual([kinds.dead]);
        expect(await jobs.ids({ status: "FAILED" })).toEqual([kinds.failed]);
        expect(await jobs.ids({ status: "CANCELLED" })).toEqual([kinds.cancelled]);
        for (const job of await jobs.list()) expect(await jobs.get(job.id)).toEqual(job);
        await jobs.desk.reopen();
      }
    },
  );

  test("reads no further than a page of a large backlog", async () => {
    const jobs = await JobsDesk.open();
    const ids: string[] = [];
    for (let commit = 0; commit < 30; commit++) {
      ids.push(...(await jobs.send(100)));
      await jobs.desk.clock.advance(1_000);
    }
    await jobs.takeAndAck(1_500);
    expect(await jobs.ids({ limit: 250 })).toEqual(ids.toReversed().slice(0, 250));
    expect(await jobs.ids({ limit: 250, after: ids[1_600] ?? "" })).toEqual(
      ids.toReversed().slice(1_400, 1_650),
    );
    expect(await jobs.ids({ limit: 10, status: "SUCCEEDED" })).toEqual(
      ids.slice(1_490, 1_500).toReversed(),
    );
  });

  test("looks at so many for those of a status, and says where it goes on", async () => {
    const jobs = await JobsDesk.open();
    const ids: string[] = [];
    for (let commit = 0; commit < 14; commit++) {
      ids.push(...(await jobs.send(1_000)));
      await jobs.desk.clock.advance(1_000);
    }
    const rare = [13_500, 6_500, 20].map((at) => ids[at] ?? "");
    for (const id of rare) await jobs.cancel(id);
    const pages: (readonly string[])[] = [];
    for (let after: string | undefined; ; ) {
      const page = await jobs.page({
        status: "CANCELLED",
        limit: 10,
        ...(after !== undefined && { after }),
      });
      pages.push(page.jobs.map(({ id }) => id));
      if (page.next === undefined) break;
      expect(page.next < (after ?? "z")).toBe(true);
      after = page.next;
    }
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toEqual(rare);
    expect(await jobs.ids({ status: "CANCELLED" })).toEqual(rare);
    const all = await jobs.page({ limit: 100 });
    expect(all.jobs.map(({ id }) => id)).toEqual(ids.slice(-100).toReversed());
    expect(all.next).toBe(ids.at(-100));
  });
});
