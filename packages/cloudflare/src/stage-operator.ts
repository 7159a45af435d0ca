import { pause, systemClock } from "@alienplatform/bindings";
import { AlienError, type Clock } from "@alienplatform/core";
import type { LogLine, LogOptions, StageOperator } from "@alienplatform/deploy";
import type { AccountApi } from "./api-client.ts";
import {
  deleteSecret,
  firstValueOf,
  listSecrets,
  placeOf,
  putSecret,
} from "./control/worker-secrets.ts";
import { deployError } from "./deploy-errors.ts";
import { workersOf } from "./owned.ts";

/** Between two looks at what is followed: a token makes four calls a second, all of its programs together. */
const FOLLOW_MS = 2_000;
/** What is written shows up late and not in order; as long back as this a followed log is looked at again. */
const LATE_MS = 15_000;
/** Of one answer. */
const PAGE = 1_000;

/**
 * Reads what Workers wrote from Workers Logs, and writes their secrets. A tail, over a WebSocket, would be sooner, but has
 * nothing of what was before it began: https://developers.cloudflare.com/workers/observability/logs/workers-logs/
 */
export class CloudflareStageOperator implements StageOperator {
  readonly #api: AccountApi;
  readonly #clock: Clock;

  constructor(api: AccountApi, clock: Clock = systemClock) {
    this.#api = api;
    this.#clock = clock;
  }

  async *logs(name: string, options: LogOptions): AsyncGenerator<LogLine> {
    const { follow, signal } = options;
    let since = options.since;
    let seen: ReadonlySet<string> = new Set();
    for (;;) {
      const events = await this.#events(name, since, options);
      for (const { id, ...line } of events) {
        if (!seen.has(id)) yield line;
      }
      if (!follow || signal.aborted) return;
      since = Math.max(since, (events.at(-1)?.at ?? since) - LATE_MS);
      seen = new Set(events.map(({ id }) => id));
      await pause(this.#clock, FOLLOW_MS, signal);
      if (signal.aborted) return;
    }
  }

  async setSecret(name: string, value: string, signal: AbortSignal): Promise<void> {
    const { variable } = parse(name);
    for (const script of await this.#readers(name, signal)) {
      await this.#told(`setting the secret ${variable} of worker "${script}"`, async () => {
        // Before the value, which deploy would otherwise make up anew.
        await deleteSecret(this.#api, script, firstValueOf(variable), signal);
        await putSecret(this.#api, script, variable, value, signal);
      });
    }
  }

  /** Whether every Worker that reads it has it. */
  async hasSecret(name: string, signal: AbortSignal): Promise<boolean> {
    const { variable } = parse(name);
    for (const script of await this.#readers(name, signal)) {
      const names = await this.#secretsOf(script, signal);
      if (!names.includes(variable)) return false;
    }
    return true;
  }

  /** The Workers of the stage that have a place for it. */
  async #readers(name: string, signal: AbortSignal): Promise<readonly string[]> {
    const { stack, stage, variable } = parse(name);
    const workers = await this.#told(`looking for the secret ${variable}`, () =>
      workersOf({ stack, stage }, this.#api, signal),
    );
    const readers: string[] = [];
    for (const script of workers) {
      const names = await this.#secretsOf(script, signal);
      if (names.includes(placeOf(variable))) readers.push(script);
    }
    if (readers.length > 0) return readers;
    throw new AlienError("SECRET_MISSING", `no Worker of the stage has a secret ${variable}`, {
      fix: "Declare it with .secret() on a function, deploy, then set it.",
      details: { name },
    });
  }

  #secretsOf(script: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.#told(`looking at the secrets of worker "${script}"`, () =>
      listSecrets(this.#api, script, signal),
    );
  }

  /** Oldest first. */
  async #events(
    name: string,
    since: number,
    { filter, signal }: LogOptions,
  ): Promise<readonly (LogLine & { readonly id: string })[]> {
    const all: (LogLine & { readonly id: string })[] = [];
    const to = this.#clock.now();
    for (let offsetBy = 0; ; offsetBy += PAGE) {
      const body = queryOf(name, { from: since, to }, filter, offsetBy);
      const path = "/workers/observability/telemetry/query";
      const { events } = await this.#told(`reading the logs of worker "${name}"`, () =>
        this.#api.call<TelemetryAnswer>("POST", path, { body, signal }),
      );
      const page = events?.events ?? [];
      all.push(...page.flatMap(lineOf));
      if (page.length < PAGE) return all.sort((one, other) => one.at - other.at);
    }
  }

  async #told<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (error) {
      throw deployError(error, doing);
    }
  }
}

/** https://developers.cloudflare.com/api/resources/workers/subresources/observability/subresources/telemetry/methods/query/ */
interface TelemetryAnswer {
  readonly events?: { readonly events?: readonly TelemetryEvent[] };
}

interface TelemetryEvent {
  readonly timestamp: number;
  readonly source: string | Readonly<Record<string, unknown>>;
  readonly $metadata: { readonly id: string; readonly message?: string };
}

function queryOf(
  name: string,
  timeframe: { readonly from: number; readonly to: number },
  filter: string | undefined,
  offsetBy: number,
) {
  return {
    queryId: "alien-logs",
    // Not kept among the account's queries.
    dry: true,
    view: "events",
    timeframe,
    limit: PAGE,
    offsetBy,
    parameters: {
      datasets: ["cloudflare-workers"],
      filters: [{ key: "$metadata.service", operation: "eq", type: "string", value: name }],
      ...(filter === undefined ? {} : { needle: { value: filter, matchCase: true } }),
    },
  };
}

/** What a Worker wrote as JSON is kept as an object, and comes as JSON again. */
function lineOf({ timestamp, source, $metadata }: TelemetryEvent) {
  const { id, message } = $metadata;
  const text = message ?? (typeof source === "string" ? source : JSON.stringify(source));
  return text === "" ? [] : [{ id, at: timestamp, text: text.trimEnd() }];
}

/** As `secretName` wrote it. */
function parse(name: string) {
  const [stack = "", stage = "", variable = ""] = name.split("/");
  return { stack, stage, variable };
}
