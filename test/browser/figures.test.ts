import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../source-files.ts";
import { ConsoleSession } from "./support/console-session.ts";

/** How long it takes is told, not asserted: out/console-figures.json, of which docs/bench.md speaks. */
const figures: Record<string, unknown> = {};
const RUNS = 7;

let session: ConsoleSession;
beforeAll(async () => {
  session = await ConsoleSession.open();
});
afterAll(async () => {
  writeFileSync(
    join(root, "out/console-figures.json"),
    `${JSON.stringify(figures, undefined, 2)}\n`,
  );
  await session?.close();
});

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** A busy browser tells of it after the table is there. */
const FIRST_PAINT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name === "first-contentful-paint") resolve(startTime);
    }
  }).observe({ type: "paint", buffered: true });
})`;

it("paints first", async () => {
  const paints: number[] = [];
  const complete: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const { context, page } = await session.browser();
    await page.goto(session.at("/"));
    await page.getByRole("table").waitFor();
    const table = await page.evaluate<number>("performance.now()");
    const paint = await page.evaluate<number>(FIRST_PAINT);
    await context.close();
    // The first one loads the API and the console into the server.
    if (run > 0) {
      paints.push(paint);
      complete.push(table);
    }
  }
  figures.firstPaintMs = median(paints);
  figures.tableIsThereMs = median(complete);
  expect(paints).toHaveLength(RUNS);
});

it("scrolls 10,000 messages", async () => {
  const COUNT = 10_000;
  for (let sent = 0; sent < COUNT; sent += 1_000) {
    const messages = Array.from({ length: 1_000 }, (_, index) => ({
      payload: { number: sent + index, who: `user${index}@example.com` },
    }));
    await session.api("POST", "/queues/audit/messages/batch", { messages });
  }
  const { context, page } = await session.browser();
  await page.goto(session.at("/queues/audit?view=ready"));
  const rows = page.getByRole("list", { name: "Messages that are ready" });
  await rows.getByRole("link").first().waitFor();
  // To the end, page by page, until all of them are in the list.
  for (;;) {
    await page.evaluate(`document.querySelector(".rows").scrollTop = 1e9`);
    const size = Number(await rows.getByRole("listitem").last().getAttribute("aria-setsize"));
    if (size >= COUNT) break;
  }
  const { frames, nodes } = await page.evaluate<{
    readonly frames: readonly number[];
    readonly nodes: number;
  }>(`(async () => {
    const list = document.querySelector(".rows");
    const frames = [];
    let nodes = 0;
    list.scrollTop = 0;
    let last = await new Promise(requestAnimationFrame);
    for (let step = 0; step < 240; step++) {
      list.scrollTop += list.scrollHeight / 240;
      const now = await new Promise(requestAnimationFrame);
      frames.push(now - last);
      last = now;
      nodes = Math.max(nodes, list.querySelectorAll("li").length);
    }
    return { frames, nodes };
  })()`);
  await context.close();
  figures.scrollFrameMs = { median: median(frames), worst: Math.max(...frames) };
  figures.scrollFramesASecond = Math.round(1_000 / median(frames));
  figures.rowsOnThePage = nodes;
  expect(nodes).toBeLessThan(100);
});

it("keeps up with a hundred messages a second", async () => {
  const { context, page } = await session.browser();
  await page.addInitScript(`
    window.changes = new Set();
    new MutationObserver(() => window.changes.add(Math.floor(performance.now() / 16.67))).observe(
      document, { subtree: true, childList: true, characterData: true, attributes: true });`);
  await page.goto(session.at("/queues/reports"));
  await page.getByText("Quiet so far").waitFor();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return { task: of("TaskDuration"), script: of("ScriptDuration"), at: of("Timestamp") };
  };
  const before = await busy();
  await page.evaluate("window.changes.clear()");
  const SECONDS = 10;
  for (let second = 0; second < SECONDS; second++) {
    const messages = Array.from({ length: 100 }, (_, month) => ({ payload: { month } }));
    await session.api("POST", "/queues/reports/messages/batch", { messages });
    await session.nextSample("reports");
  }
  const after = await busy();
  const seconds = after.at - before.at;
  const frames = await page.evaluate<number>("window.changes.size");
  await context.close();
  figures.atHundredASecond = {
    seconds: Math.round(seconds),
    workMsASecond: Math.round(((after.task - before.task) / seconds) * 1_000),
    scriptMsASecond: Math.round(((after.script - before.script) / seconds) * 1_000),
    framesThatChangeASecond: Number((frames / seconds).toFixed(1)),
  };
  expect(frames).toBeGreaterThan(0);
});

it("asks for little before it shows something", async () => {
  const page = await (await fetch(session.at("/"))).text();
  const paths = [...page.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(
    ([, path = ""]) => path,
  );
  const bodies = await Promise.all(
    paths.map(
      async (path) => new Uint8Array(await (await fetch(session.url + path)).arrayBuffer()),
    ),
  );
  figures.gzipBytesAtFirst = [Buffer.from(page), ...bodies]
    .map((body) => gzipSync(body).byteLength)
    .reduce((sum, size) => sum + size, 0);
  expect(figures.gzipBytesAtFirst).toBeLessThanOrEqual(80_000);
});
