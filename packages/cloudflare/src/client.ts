import { AlienError } from "@alienplatform/core";
import { env } from "#worker-env";
import type { HttpAddress } from "./address.ts";
import { httpError, unanswered } from "./errors.ts";

/** https://developers.cloudflare.com/api/ */
const ENDPOINT = "https://api.cloudflare.com/client/v4";
/** Where another server stands in for Cloudflare's, as wrangler has it too. */
const BASE_URL = "CLOUDFLARE_API_BASE_URL";
/** Cloudflare answers at once, whether there are messages or not; longer than this the answer is lost. */
const ANSWER_MS = 30_000;
const TOKEN = "CLOUDFLARE_API_TOKEN";

/** What a queue's producer binding can do, of which the Workers runtime has more. */
export interface ProducerBinding {
  sendBatch(
    messages: readonly {
      readonly body: string;
      readonly contentType: "text";
      readonly delaySeconds: number;
    }[],
  ): Promise<unknown>;
  metrics(): Promise<{ readonly backlogCount: number; readonly oldestMessageTimestamp?: unknown }>;
}

/** What a Worker knows of its surroundings: bindings, variables and secrets, by name. */
export type WorkerEnv = Readonly<Record<string, unknown>>;

/** The env of the Worker that runs. Fails with BINDING_NOT_FOUND in every other process. */
export function workerEnv(): WorkerEnv {
  if (env !== undefined) return env;
  throw new AlienError("BINDING_NOT_FOUND", "this process is not a Worker, and has no bindings", {
    fix: 'Give it a binding of the kind "http", or bundle it with the condition "workerd".',
  });
}

/** The variables of this process; a Worker has them in its env. */
export function variables(): Readonly<Record<string, string | undefined>> {
  if (env === undefined) return process.env;
  const texts = Object.entries(env).filter((entry) => typeof entry[1] === "string");
  return Object.fromEntries(texts as [string, string][]); // filtered
}

/** A queue's binding by its name. Fails with BINDING_NOT_FOUND where the Worker has none. */
export function producerOf(env: WorkerEnv, name: string): ProducerBinding {
  const binding = env[name];
  // The runtime's own object: what has the method is one.
  if (isRecord(binding) && typeof binding.sendBatch === "function") {
    return binding as unknown as ProducerBinding;
  }
  throw new AlienError("BINDING_NOT_FOUND", `this Worker has no queue bound as ${name}`, {
    fix: `Bind it: [[queues.producers]] binding = "${name}" in the Worker's configuration.`,
    details: { binding: name },
  });
}

/** The part of Cloudflare's HTTP API that belongs to one queue. */
export class QueueApi {
  readonly #url: string;

  constructor({ account, queue, endpoint }: Omit<HttpAddress, "kind" | "dead">) {
    this.#url = accountUrl({ account, ...(endpoint !== undefined && { endpoint }) }, [
      "queues",
      queue,
    ]);
  }

  /** One request; `what` is what it does, for its error: "send messages". */
  async call(
    what: string,
    path: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    const headers = { authorization: `Bearer ${readToken()}` };
    const timeout = AbortSignal.timeout(ANSWER_MS);
    const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(`${this.#url}${path}`, {
        signal: stop,
        ...(body === undefined
          ? { headers }
          : {
              method: "POST",
              headers: { ...headers, "content-type": "application/json" },
              body: JSON.stringify(body),
            }),
      });
      answer = parse(await response.text());
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw unanswered(what, cause);
    }
    if (response.ok && isRecord(answer) && answer.success !== false) {
      return isRecord(answer.result) ? answer.result : {};
    }
    const { status } = response;
    throw httpError(what, { status, codes: codesOf(answer), ...retryAfter(response) });
  }
}

/** The URL of what belongs to an account. */
export function accountUrl(
  { account, endpoint }: { readonly account: string; readonly endpoint?: string },
  path: readonly string[],
): string {
  const base = endpoint ?? variables()[BASE_URL] ?? ENDPOINT;
  const parts = ["accounts", account, ...path].map(encodeURIComponent);
  return `${base.replace(/\/$/, "")}/${parts.join("/")}`;
}

/** Read for every request, so that a token that was replaced is used. */
export function readToken(): string {
  const token = variables()[TOKEN];
  if (token !== undefined && token !== "") return token;
  throw new AlienError("SECRET_MISSING", `${TOKEN} is not set`, {
    fix: `Set ${TOKEN} to an API token with the permission Queues Edit.`,
    details: { variable: TOKEN },
  });
}

/** Something between here and Cloudflare may answer in other than JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the status says what it is worth
  }
}

function codesOf(answer: unknown): number[] {
  if (!isRecord(answer) || !Array.isArray(answer.errors)) return [];
  return answer.errors.flatMap((error: unknown) =>
    isRecord(error) && typeof error.code === "number" ? [error.code] : [],
  );
}

/** In seconds, as Cloudflare gives it: https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
function retryAfter({ headers }: Response): { readonly retryAfterMs?: number } {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1_000 } : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
