import type { Miniflare, WorkerOptions } from "miniflare";
import type { D1Binding, Row } from "../../src/table/d1-link.ts";

/** A Worker that runs a statement in one of its databases, and tells what its binding answered or threw. */
export const D1_WORKER = `export default { async fetch(request, env) {
  const { database, sql, parameters } = await request.json();
  try {
    const { results } = await env[database].prepare(sql).bind(...parameters).all();
    return Response.json({ results });
  } catch (error) {
    return Response.json({ message: error.message });
  }
} };`;

/** A database's binding as the Worker has it: Miniflare's own stand-in for it takes tens of milliseconds for a call. */
export function d1Database(miniflare: Miniflare, database: string): D1Binding {
  const all = async (sql: string, parameters: readonly string[]) => {
    const body = JSON.stringify({ database, sql, parameters });
    const response = await miniflare.dispatchFetch("http://worker/", { method: "POST", body });
    // The Worker's above.
    const answer = (await response.json()) as { results?: readonly Row[]; message?: string };
    if (answer.results === undefined) throw new Error(answer.message);
    return { results: answer.results };
  };
  return {
    prepare: (sql) => ({ bind: (...parameters) => ({ all: () => all(sql, parameters) }) }),
  };
}

/** Databases that workerd has from the beginning: a new one would start it anew. */
const SLOTS = Array.from({ length: 8 }, (_, index) => `D${index}`);

/** The Worker above with all of them; the first one of a Miniflare is what `dispatchFetch` asks. */
export function statementsWorker(): WorkerOptions {
  return {
    name: "statements",
    modules: [{ type: "ESModule", path: "index.mjs", contents: D1_WORKER }],
    d1Databases: Object.fromEntries(SLOTS.map((slot) => [slot, slot])),
  };
}

/** Where the n-th database that is made is kept: where one was before, that no longer counts. */
export function slotOf(index: number): string {
  return SLOTS[index % SLOTS.length] ?? "";
}
