import { randomBytes } from "node:crypto";
import { Log, LogLevel, Miniflare, Response, type WorkerOptions } from "miniflare";
import { carryOutMessages, readJson } from "../server/message-routes.ts";
import type { StoredMessage } from "../server/stored-queue.ts";
import { statementsWorker } from "../table/d1-database.ts";
import { runIn } from "./database-host.ts";
import { QUEUE_BINDING, TAIL } from "./queue-binding.ts";
import type { AccountQueue, StoredAccount, StoredScript } from "./stored-account.ts";

/** "Consumer duration (wall clock time)": https://developers.cloudflare.com/queues/platform/limits/ */
const PUSHED_MS = 15 * 60_000;

/** What workerd says of a batch: the decisions by message. */
interface QueueResult {
  readonly outcome: string;
  readonly ackAll: boolean;
  readonly retryBatch: { readonly retry: boolean; readonly delaySeconds?: number };
  readonly explicitAcks: readonly string[];
  readonly retryMessages: readonly { readonly msgId: string; readonly delaySeconds?: number }[];
}

/** A Worker as miniflare gives it, whose types want a package that is not installed. */
interface Runnable {
  fetch(
    url: string,
    request: object,
  ): Promise<{ readonly status: number; text(): Promise<string> }>;
  queue(name: string, messages: readonly unknown[]): Promise<QueueResult>;
}

interface TextRequest {
  readonly url: string;
  text(): Promise<string>;
}

interface TailEvent {
  readonly logs: readonly { readonly message: readonly unknown[]; readonly timestamp: number }[];
}

/** The Workers of an account as they were uploaded, on workerd, and Cloudflare's half that pushes the queues to them. */
export class WorkersHost {
  /** How many messages each Worker has acknowledged. */
  readonly acknowledged = new Map<string, number>();
  readonly #account: StoredAccount;
  #miniflare: Miniflare | undefined;
  /** What runs there now. */
  #running = "";
  /** Invocations whose logs have not come yet. */
  #unheard = 0;
  #wake: () => void = () => undefined;

  /** Answers what the Workers ask of the rest of the world. */
  outside: (request: Request) => Promise<{ readonly status: number }> = async () => ({
    status: 404,
  });

  constructor(account: StoredAccount) {
    this.#account = account;
    account.runStatement = async (...asked) => runIn(await this.#current(), ...asked);
  }

  /** A request to a Worker's address on workers.dev, where it has one. */
  async fetch(name: string, path: string, method = "GET") {
    if (!this.#account.script(name).subdomain.enabled)
      return new Response(undefined, { status: 404 });
    const worker = await this.#worker(name);
    const response = await this.#heard(() => worker.fetch(`http://worker${path}`, { method }));
    return { status: response.status, text: await response.text() };
  }

  /** Pushes what is due, until nothing is. */
  async deliver(): Promise<void> {
    for (;;) {
      const due = [...this.#account.queues.values()].find(isDue);
      if (due === undefined) return;
      await this.#push(due);
    }
  }

  async close(): Promise<void> {
    await this.#miniflare?.dispose();
  }

  async #push({ name, messages, consumer }: AccountQueue): Promise<void> {
    const { script_name: script = "", settings } = consumer ?? {};
    const batch = messages.pull(settings?.batch_size ?? 10, PUSHED_MS);
    const worker = await this.#worker(script);
    const result = await this.#heard(() => worker.queue(name, batch.map(pushed)));
    for (const { id, lease } of batch) {
      const retried = result.retryMessages.find(({ msgId }) => msgId === id);
      const delay = retried?.delaySeconds ?? result.retryBatch.delaySeconds;
      const fails = result.outcome !== "ok" || result.retryBatch.retry;
      const acks = result.ackAll || result.explicitAcks.includes(id);
      if (retried !== undefined || (fails && !acks)) {
        messages.retry(lease?.id ?? "", delay ?? settings?.retry_delay ?? 0);
        continue;
      }
      messages.ack(lease?.id ?? "");
      this.acknowledged.set(script, (this.acknowledged.get(script) ?? 0) + 1);
    }
  }

  /** Waits for what it writes as well, which comes on its own way. */
  async #heard<T>(invoke: () => Promise<T>): Promise<T> {
    this.#unheard += 1;
    const answer = await invoke();
    while (this.#unheard > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return answer;
  }

  async #worker(name: string): Promise<Runnable> {
    return (await (await this.#current()).getWorker(name)) as unknown as Runnable; // see Runnable
  }

  /** Runs what the account has now. */
  async #current(): Promise<Miniflare> {
    const scripts = [...this.#account.scripts.values()];
    const running = JSON.stringify(scripts.map((each) => [each.name, each.version]));
    if (this.#miniflare === undefined || this.#running !== running) {
      const options = {
        log: new Log(LogLevel.NONE),
        handleRuntimeStdio: () => undefined,
        workers: [
          statementsWorker(),
          ...scripts.flatMap((each) => this.#workersOf(each)),
          this.#queueBinding(),
        ],
      };
      if (this.#miniflare === undefined) this.#miniflare = new Miniflare(options);
      else await this.#miniflare.setOptions(options);
      this.#running = running;
    }
    return this.#miniflare;
  }

  #workersOf({ name, metadata, modules, secrets }: StoredScript): readonly WorkerOptions[] {
    const bindings = metadata.bindings ?? [];
    const texts = bindings.flatMap(({ type, name: variable, text = "" }) =>
      type === "plain_text" ? [[variable, text] as const] : [],
    );
    const queues = bindings.flatMap(({ type, name: binding, queue_name: QUEUE = "" }) =>
      type === "queue"
        ? [[binding, { scriptName: "queue-binding", bindings: { QUEUE } }] as const]
        : [],
    );
    const databases = bindings.flatMap(({ type, name: binding, id }) =>
      type === "d1" ? [[binding, this.#account.database(id).slot] as const] : [],
    );
    const worker: WorkerOptions = {
      name,
      modules: modulesOf(metadata.main_module, modules),
      compatibilityDate: metadata.compatibility_date,
      compatibilityFlags: [...(metadata.compatibility_flags ?? [])],
      bindings: { ...Object.fromEntries(texts), ...Object.fromEntries(secrets) },
      d1Databases: Object.fromEntries(databases),
      wrappedBindings: Object.fromEntries(queues),
      tails: [`tail-${name}`],
      outboundService: async (request: Request) =>
        new Response(undefined, { status: (await this.outside(request)).status }),
    };
    const tail: WorkerOptions = {
      name: `tail-${name}`,
      modules: [{ type: "ESModule", path: "index.mjs", contents: TAIL }],
      compatibilityDate: metadata.compatibility_date,
      bindings: { SCRIPT: name },
      serviceBindings: {
        API: async (request: TextRequest) => this.#hear(name, JSON.parse(await request.text())),
      },
    };
    return [worker, tail];
  }

  #hear(name: string, events: readonly TailEvent[]): Response {
    const lines = this.#account.script(name).lines;
    for (const { message, timestamp: at } of events.flatMap(({ logs }) => logs)) {
      lines.push({ id: randomBytes(8).toString("hex"), at, text: message.join(" ") });
    }
    this.#unheard -= events.length;
    this.#wake();
    return new Response();
  }

  #queueBinding(): WorkerOptions {
    return {
      name: "queue-binding",
      modules: [{ type: "ESModule", path: "index.mjs", contents: QUEUE_BINDING }],
      serviceBindings: {
        API: async (request: TextRequest) => {
          const [, name, ...route] = new URL(request.url).pathname.split("/");
          const queue = this.#account.queueNamed(name);
          if (queue === undefined) return new Response("Queue does not exist", { status: 404 });
          const body = readJson(await request.text());
          const method = route[0] === "metrics" ? "GET" : "POST";
          const result = carryOutMessages(queue.messages, `${method} ${route.join("/")}`, body);
          return Response.json(result ?? {});
        },
      },
    };
  }
}

function isDue({ consumer, messages }: AccountQueue): boolean {
  return consumer?.type === "worker" && !messages.paused && messages.peek(1).length > 0;
}

function pushed({ id, body, contentType, timestampMs, attempts }: StoredMessage) {
  const text = body.toString();
  const value = contentType === "json" ? JSON.parse(text) : contentType === "text" ? text : body;
  return { id, timestamp: new Date(timestampMs), body: value, attempts };
}

/** The main one first, as miniflare wants it; source maps it has no use for. */
function modulesOf(main: string, modules: StoredScript["modules"]) {
  const scripts = [...modules].filter(([, { type }]) => type.startsWith("application/javascript"));
  return scripts
    .sort(([one], [other]) => Number(other === main) - Number(one === main))
    .map(([path, { text }]) => ({ type: "ESModule" as const, path, contents: text }));
}
