import { createTestQueues } from "@alienplatform/testing";
import "@alienplatform/testing/vitest";
import { expect, it, onTestFinished, vi } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";
import { mails } from "./alien.ts";
import { provider } from "./provider.ts";
import "./worker.ts";

/** The queues of one test, and a provider that does what the test says. */
async function open(deliver: typeof provider.deliver) {
  const queues = await createTestQueues(mails);
  vi.spyOn(provider, "deliver").mockImplementation(deliver);
  vi.spyOn(console, "log").mockReturnValue();
  onTestFinished(async () => {
    vi.restoreAllMocks();
    await queues.close();
  });
  return queues;
}

it("three mails are under way at once, and the next starts when one is done", async () => {
  const underWay = new Map<string, () => void>();
  const queues = await open(
    (to) =>
      new Promise((resolve) => {
        underWay.set(to, () => resolve("accepted"));
      }),
  );
  for (const to of ["a", "b", "c", "d", "e"]) await queues.queue("mails").send({ to });
  const draining = queues.drain({ concurrency: 10 });
  await queues.clock.advance(0);
  expect([...underWay.keys()]).toEqual(["a", "b", "c"]);
  underWay.get("b")?.();
  await queues.clock.advance(0);
  expect([...underWay.keys()]).toEqual(["a", "b", "c", "d"]);
  for (const to of ["a", "c", "d"]) underWay.get(to)?.();
  await queues.clock.advance(0);
  underWay.get("e")?.();
  expect(await draining).toHaveLength(5);
});

it("a mail that fails is tried again after 5, 10, 20, 40 and 80 seconds, and then is a dead letter", async () => {
  const seconds: number[] = [];
  const queues = await open(() => {
    seconds.push((queues.clock.now() - start) / 1000);
    return Promise.reject(new Error("the provider is busy"));
  });
  const start = queues.clock.now();
  await queues.queue("mails").send({ to: "ada@example.com" });
  const deliveries = await queues.drain({ until: "empty" });
  expect(deliveries.map(({ delayMs }) => delayMs)).toEqual([
    5_000,
    10_000,
    20_000,
    40_000,
    80_000,
    undefined,
  ]);
  expect(seconds).toEqual([0, 5, 15, 35, 75, 155]);
  await expect(mails).toHaveDeadLetter({ error: "busy", attempts: 6 });
});

it("the program sends thirty mails, three at a time", () =>
  inTemporaryDirectory(async (directory) => {
    const sender = new Program("./bulk-mail", "send", directory);
    expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
    const worker = new Program("./bulk-mail", "worker", directory);
    expect(await worker.says("mail 30 ")).toContain("at most 3 at once");
    await worker.stop();
  }));
