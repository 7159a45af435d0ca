import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { systemClock } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { bundleFunction, loadStack } from "@alienplatform/deploy";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare, Response } from "miniflare";
import { target } from "../../src/deploy.ts";
import { runtime } from "../../src/runtime.ts";
import { BrokerClock } from "./broker-clock.ts";
import type { HandledMessage, Sending, Sent, Told, Verdict } from "./probe.ts";

const project = fileURLToPath(new URL("./project/", import.meta.url));
/** Without compatibility with node, which nothing here needs. */
const compatibilityDate = "2026-04-01";

/** A consumer that nobody else wrote: it tells what it was given, as it was given, and acknowledges it. */
const MORGUE = `export default { async queue(batch, env) {
  for (const { body, attempts } of batch.messages)
    await env.PROBE.fetch("http://probe/", { method: "POST", body: JSON.stringify({ stored: batch.queue, body, attempts }) });
} };`;

/** The Worker that deploy makes of a function, and one that sends, under workerd with miniflare's queues. */
export class WorkersHost {
  /** What was handled and stored so far, in order. */
  readonly told: Told[] = [];
  /** What the Worker wrote. */
  readonly lines: string[] = [];
  /** Decides for each message that is handled. */
  decide: (message: HandledMessage) => Verdict = () => ({ kind: "ack" });
  readonly clock: BrokerClock;
  readonly #miniflare: Miniflare;

  private constructor(miniflare: Miniflare, clock: BrokerClock) {
    this.#miniflare = miniflare;
    this.clock = clock;
  }

  static async open(): Promise<WorkersHost> {
    const [worker, sender] = await Promise.all([bundledWorker(), bundledSender()]);
    BrokerClock.enable();
    let host: WorkersHost | undefined;
    const probe = async (request: { json(): Promise<unknown> }) => {
      const told = (await request.json()) as Told; // our own Workers'
      host?.told.push(told);
      const verdict = "handled" in told ? host?.decide(told.message) : undefined;
      return Response.json(verdict ?? {});
    };
    const miniflare = new Miniflare({
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        for (const stream of [stdout, stderr]) {
          stream.on("data", (chunk: Buffer) => host?.lines.push(String(chunk)));
        }
      },
      workers: [
        {
          name: "sender",
          modules: moduleOf(sender),
          compatibilityDate,
          bindings: bindings(),
          queueProducers: producers,
        },
        {
          name: "worker",
          modules: moduleOf(worker),
          compatibilityDate,
          bindings: { ...bindings(), ALIEN_FUNCTION: JSON.stringify(described) },
          queueProducers: producers,
          serviceBindings: { PROBE: probe },
          queueConsumers: Object.fromEntries(
            ["shop-tasks", "shop-payments", "shop-failed", "shop-orphans", "shop-stray"].map(
              (name) => [name, { ...consumer, deadLetterQueue: `${name}-dead` }],
            ),
          ),
        },
        {
          name: "morgue",
          modules: moduleOf(MORGUE),
          compatibilityDate,
          serviceBindings: { PROBE: probe },
          queueConsumers: {
            "shop-tasks-dead": consumer,
            "shop-stray-dead": consumer,
            "shop-slow": { ...consumer, maxBatchTimeout: 30 },
          },
        },
      ],
    });
    await miniflare.ready;
    host = new WorkersHost(miniflare, await BrokerClock.of(miniflare, Object.values(producers)));
    return host;
  }

  /** What the Worker that sends answers. */
  async send(name: string, ...entries: Sending["entries"]): Promise<readonly Sent[]> {
    const [sent = []] = await this.sendAtOnce({ name, entries });
    return sent;
  }

  /** Each in a request of its own, all at once. */
  async sendAtOnce(...sendings: readonly Sending[]): Promise<readonly (readonly Sent[])[]> {
    const sent = await Promise.all(
      sendings.map(async (sending) => {
        const request = { method: "POST", body: JSON.stringify(sending) };
        const response = await this.#miniflare.dispatchFetch("http://sender/", request);
        return (await response.json()) as readonly Sent[]; // our own Worker's
      }),
    );
    await this.clock.settle();
    return sent;
  }

  /** What a Worker that operates the queue is told. */
  async stats(name: string): Promise<unknown> {
    return (await this.#miniflare.dispatchFetch(`http://sender/stats/${name}`)).json();
  }

  /** What another producer sends, by the Workers' own API. */
  async sendForeign(
    binding: string,
    body: unknown,
    contentType: "text" | "json" | "bytes" | "v8",
  ): Promise<void> {
    const queue = await this.#miniflare.getQueueProducer(binding, "sender");
    await queue.send(body, { contentType });
    await this.clock.settle();
  }

  /** The messages of a queue that were handled so far. */
  handled(queue: string): readonly HandledMessage[] {
    return this.told.flatMap((told) =>
      "handled" in told && told.handled === queue ? [told.message] : [],
    );
  }

  payloads(queue: string): unknown[] {
    return this.handled(queue).map(({ payload }) => payload);
  }

  /** What came into a queue that only the morgue consumes. */
  stored(queue: string): readonly Extract<Told, { readonly stored: string }>[] {
    return this.told.flatMap((told) => ("stored" in told && told.stored === queue ? [told] : []));
  }

  /** How long a text may be, as the driver counts. */
  async limits(queue: string): Promise<{ readonly largest: number }> {
    const binding = JSON.parse(bindings()[`ALIEN_${queue.toUpperCase()}_BINDING`] ?? "");
    const driver = runtime.queue(binding, systemClock);
    const headers = { kind: "text" } as const;
    const empty = { id: "0".repeat(26), body: "", headers, sentAt: Date.now() };
    return { largest: driver.capabilities.max.message - driver.sizeOf(empty) };
  }

  /** Forgets what was told and decided. */
  reset(): void {
    this.told.length = 0;
    this.lines.length = 0;
    this.decide = () => ({ kind: "ack" });
  }

  async close(): Promise<void> {
    await this.#miniflare.dispose();
  }
}

/** One module; miniflare would look for imports in a script by itself, and refuses those it cannot follow. */
function moduleOf(contents: string) {
  return [{ type: "ESModule" as const, path: "index.mjs", contents }];
}

const trigger = { batchSize: 10, paused: false, whilePaused: "wait", onInvalid: "deadLetter" };
const described = {
  id: "worker",
  triggers: ["tasks", "payments", "failed", "orphans"].map((queue) => ({ queue, ...trigger })),
};

/** At once, in one batch, and Cloudflare's own count is the backstop. */
const consumer = { maxBatchSize: 10, maxBatchTimeout: 0, maxRetries: 5 };

const producers = {
  TASKS: "shop-tasks",
  TASKS_DEAD: "shop-tasks-dead",
  PAYMENTS: "shop-payments",
  FAILED: "shop-failed",
  FAILED_DEAD: "shop-failed-dead",
  ORPHANS: "shop-orphans",
  SLOW: "shop-slow",
  STRAY: "shop-stray",
  STRAY_DEAD: "shop-stray-dead",
};

/** As deploy writes them. */
function bindings(): Record<string, string> {
  const options = {
    ...defaultOptions,
    backoff: { initialMs: 4_000, factor: 3, maxMs: 600_000, jitter: "none" },
  };
  const binding = (queue: string, dead: string, more: object = {}) => {
    const address = { kind: "worker", queue: queue.toUpperCase(), dead };
    const given = { version: 1, platform: "cloudflare", queue, address };
    return JSON.stringify({ ...given, options: { ...options, ...more } });
  };
  return {
    ALIEN_TASKS_BINDING: binding("tasks", "TASKS_DEAD"),
    ALIEN_PAYMENTS_BINDING: binding("payments", "FAILED", {
      maxAttempts: 1,
      deadLetters: "failed",
    }),
    ALIEN_FAILED_BINDING: binding("failed", "FAILED_DEAD"),
    ALIEN_SLOW_BINDING: binding("slow", "TASKS_DEAD"),
    // What deploy never does: its dead letters have nowhere to go.
    ALIEN_ORPHANS_BINDING: binding("orphans", "NOT_BOUND"),
  };
}

/** As deploy bundles it. */
async function bundledWorker(): Promise<string> {
  const stack = await loadStack(join(project, "alien.ts"));
  const resource = stack.stack.resources.find(({ type }) => type === "function");
  if (resource?.type !== "function") throw new Error("the project declares no function");
  const outDir = await mkdtemp(join(tmpdir(), "alien-worker-"));
  const bundle = await bundleFunction({
    stack,
    function: resource,
    outDir,
    mode: "deploy",
    target,
    sources: {
      "shop-tasks": "tasks",
      "shop-payments": "payments",
      "shop-failed": "failed",
      "shop-orphans": "orphans",
    },
  });
  const text = await readFile(bundle.file, "utf8");
  await bundle.dispose();
  await rm(outDir, { recursive: true });
  return text;
}

/** A Worker of somebody's own, as wrangler would bundle it. */
async function bundledSender(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { sender as default } from "./src/sender.ts";`,
      resolveDir: project,
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "alien-cloudflare", "alien-deployed", "@alienplatform/source"],
    external: ["cloudflare:*"],
  });
  return outputFiles[0]?.text ?? "";
}
