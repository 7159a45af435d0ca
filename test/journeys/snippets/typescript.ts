import { dirname } from "node:path";
import { format } from "node:util";
import { Queue, type Resource } from "@alienplatform/core";
import { onQueueMessage } from "@alienplatform/sdk";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import { expect } from "vitest";
import type { Block } from "./blocks.ts";
import { expectLines } from "./lines.ts";
import type { Setting } from "./settings.ts";

/** Imported anew for each block. */
export type Import = (file: string) => Promise<Readonly<Record<string, unknown>>>;

/**
 * Runs a block on the queues of the test kit, which are those that it names: messages are there before it begins, what it
 * awaits is handled meanwhile, and each handler that it registers gets a message, which it has to acknowledge. What it
 * prints is what its comments say, `// → …`.
 */
export async function runTypeScript(
  file: string,
  block: Block,
  setting: Setting,
  load: Import,
): Promise<void> {
  const { text } = block;
  const handled = namesIn(text, /\bonQueueMessage(?:<.*?>)?\("([\w-]+)", (?:async )?\(/g);
  const received = namesIn(text, /\.receive\("([\w-]+)"/g);
  await using queues = await createTestQueues(setting.queues ?? queuesNamedIn(text));
  const waitsFor = Object.entries(setting.handlers ?? {}).filter(([name]) =>
    queuesNamedIn(text).some(({ id }) => id === name),
  );
  for (const [name, handler] of waitsFor) onQueueMessage(name, handler);
  for (const queue of received) await queues.queue(queue).send(queue, payloadFor(queue, setting));
  await setting.before?.(queues);

  const printed: string[] = [];
  const before = process.cwd();
  process.chdir(dirname(file));
  await printingTo(printed, async () => {
    const running = load(file);
    const loaded = await (waitsFor.length > 0 ? drainedUntil(running, queues) : running);
    await callFetch(loaded.default, setting);
    await setting.use?.(loaded, queues);
  }).finally(() => process.chdir(before));
  for (const queue of handled) await queues.queue(queue).send(queue, payloadFor(queue, setting));
  await printingTo(printed, async () => {
    const handles = /\bonQueueMessage[<(]/.test(text);
    const deliveries = handles ? await queues.drain({ until: "empty", failOnError: true }) : [];
    const acked = deliveries.filter(({ outcome }) => outcome === "ack").map((one) => one.queue);
    expect([...new Set(acked)]).toEqual(expect.arrayContaining([...handled]));
  });
  const said = [...text.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1] ?? "");
  expectLines(printed, said);
  await setting.after?.(queues);
}

function queuesNamedIn(text: string): readonly Resource[] {
  const pattern = /\b(?:queue|Queue|operate|onQueueMessage)(?:<.*?>)?\("([\w-]+)"/g;
  return namesIn(text, pattern).map((id) => new Queue(id).build());
}

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))];
}

function payloadFor(queue: string, { messages }: Setting): unknown {
  return messages?.[queue] ?? { name: "ada" };
}

/** A block that awaits what a handler does, as a job, gets it done. */
async function drainedUntil<T>(running: Promise<T>, queues: TestQueues): Promise<T> {
  let ended = false;
  const end = running.finally(() => {
    ended = true;
  });
  // Whoever awaits `end` below hears of it.
  end.catch(() => undefined);
  while (!ended) {
    await queues.drain();
    await queues.clock.advance("10ms");
    await new Promise(setImmediate);
  }
  return end;
}

/** What a function exports that answers HTTP. */
async function callFetch(exported: unknown, { messages }: Setting): Promise<void> {
  if (typeof exported !== "object" || exported === null || !("fetch" in exported)) return;
  const body = JSON.stringify(messages?.fetch ?? { name: "ada" });
  const headers = { "content-type": "application/json" };
  const request = new Request("http://localhost/", { method: "POST", body, headers });
  // As docs/http-functions.md has it.
  const response = await (exported as { fetch(request: Request): Promise<Response> }).fetch(
    request,
  );
  expect(response.status).toBeLessThan(300);
}

async function printingTo<T>(lines: string[], run: () => Promise<T>): Promise<T> {
  const { log, error } = console;
  const print = (...parts: readonly unknown[]) => void lines.push(...format(...parts).split("\n"));
  Object.assign(console, { log: print, error: print });
  try {
    return await run();
  } finally {
    Object.assign(console, { log, error });
  }
}
