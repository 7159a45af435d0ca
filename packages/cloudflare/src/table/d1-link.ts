import { AlienError } from "@alienplatform/core";
import { accountUrl, readToken, workerEnv } from "../client.ts";
import type { TableAddress } from "./table-address.ts";
import { apiError, bindingError, noAnswer } from "./table-errors.ts";

/** Longer than this the answer is lost. */
const ANSWER_MS = 30_000;

export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement in a database of D1, and answers the rows that it returns. */
export type D1Link = (
  sql: string,
  parameters: readonly string[],
  signal: AbortSignal | undefined,
) => Promise<readonly Row[]>;

/** What a database's binding in a Worker can do, as far as it is used. */
export interface D1Binding {
  prepare(sql: string): {
    bind(...parameters: readonly string[]): {
      all(): Promise<{ readonly results: readonly Row[] }>;
    };
  };
}

/** By the Worker's binding, or over the HTTP API: both run the same statements. No I/O until the first one. */
export function linkOf(address: TableAddress): D1Link {
  if (address.kind === "http") return overHttp(address);
  return (...asked) => byBinding(bindingOf(workerEnv(), address.database))(...asked);
}

/** By a database's binding. It knows no signals: a call that is given up goes on there. */
export function byBinding(binding: D1Binding): D1Link {
  return async (sql, parameters, signal) => {
    try {
      signal?.throwIfAborted();
      const statement = binding.prepare(sql).bind(...parameters);
      const { results } = await unlessAborted(statement.all(), signal);
      return results;
    } catch (thrown) {
      throw signal?.aborted ? noAnswer(thrown, signal) : bindingError(thrown);
    }
  };
}

function bindingOf(env: Readonly<Record<string, unknown>>, name: string): D1Binding {
  const binding = env[name];
  // The runtime's own object: what has the method is one.
  if (typeof binding === "object" && binding !== null && "prepare" in binding) {
    return binding as D1Binding;
  }
  throw new AlienError("BINDING_NOT_FOUND", `this Worker has no database bound as ${name}`, {
    fix: `Bind it: [[d1_databases]] binding = "${name}" in the Worker's configuration.`,
    details: { binding: name },
  });
}

/** https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/query/ */
function overHttp(address: Extract<TableAddress, { readonly kind: "http" }>): D1Link {
  const path = ["d1", "database", address.database, "query"];
  return async (sql, params, signal) => {
    const url = accountUrl(address, path);
    const timeout = AbortSignal.timeout(ANSWER_MS);
    const headers = {
      authorization: `Bearer ${readToken()}`,
      "content-type": "application/json",
    };
    const sent = {
      method: "POST",
      headers,
      body: JSON.stringify({ sql, params }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    };
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, sent);
      text = await response.text();
    } catch (thrown) {
      throw noAnswer(thrown, signal);
    }
    const rows = rowsIn(text);
    if (response.ok && rows !== undefined) return rows;
    throw apiError(response.status, text);
  };
}

/** Of the one statement; undefined in an answer that is none. */
function rowsIn(text: string): readonly Row[] | undefined {
  try {
    // Cloudflare's form; what has another one is none of its answers.
    const { result } = JSON.parse(text) as {
      readonly result?: readonly {
        readonly success?: boolean;
        readonly results?: readonly Row[];
      }[];
    };
    const only = result?.[0];
    return only?.success === true ? only.results : undefined;
  } catch {
    return undefined; // a proxy's page: its status says what it is worth
  }
}

function unlessAborted<Result>(
  running: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return running;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
