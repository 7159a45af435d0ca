import { Chance } from "../simulation/chance.ts";
import { type Budget, type Row, spending } from "./budget.ts";
import type { ServedDev } from "./served-dev.ts";

/** Requests under way at once. */
const AT_ONCE = 6;
/** A wait that somebody was promised is given up after so long, which is a case of its own. */
const PATIENCE_MS = 1_500;

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

/** One route, as OpenAPI describes it. */
interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema?: { readonly properties?: object } } | undefined>
    >;
  };
}

/** A route, and the names that it takes. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly inQuery: readonly string[];
  readonly inBody: readonly string[];
}

const WORDS: readonly [unknown, ...unknown[]] = [
  "tasks",
  ...["orders", "web", "__proto__", "constructor", "toString", "../x", "..%2f", "a/b"],
  ...["", " ", "\u0000", "\ud800", "😀", "x".repeat(300), "1h", "99999999999d", "-1s", "NaN"],
  ...["ready", "dead", "inFlight", "payload.to:1", "a.b:", "queue:tasks", "age>1h", '"', "[", "{"],
  ...[0, -1, 1, 2 ** 53, 1e308, -0.5, 501, true, false, null, [], {}, [[]], [null]],
  ...[{ __proto__: 1 }, { constructor: { prototype: 1 } }, [1, "x", {}], "2030-01-01T00:00:00Z"],
];
const NAMES: readonly [string, ...string[]] = [
  ...(["payload", "kind", "delay", "group", "priority", "idempotencyKey", "concurrency"] as const),
  ...["attributes", "maxAttempts", "job", "receiptHandle", "receiptHandles", "max", "wait"],
  ...["lease", "reason", "until", "whilePaused", "ids", "filter", "to", "rate", "confirm"],
  ...["function", "status", "event", "by", "messages", "limit", "after", "where", "state", "q"],
  ...["error", "code", "olderThan", "queue", "__proto__", "constructor", "timeout"],
];

/** S12: requests of every route that are wrong in every way we could think of; a 5xx or an end of dev is a mistake. */
export async function fuzzHttp(dev: ServedDev, budget: Budget, seed: number): Promise<Row> {
  const { url, token } = dev;
  // It is ours, and OpenAPI.
  const description = (await (await fetch(`${url}/openapi.json`)).json()) as Description;
  const routes = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      inQuery: parameters.flatMap((each) => (each.in === "query" ? [each.name] : [])),
      inBody: Object.keys(requestBody?.content["application/json"]?.schema?.properties ?? {}),
    })),
  );
  const chance = new Chance(seed);
  const goesOn = spending(budget);
  const statuses = new Map<number, number>();
  const violations: string[] = [];
  let done = 0;
  let given = 0;
  const one = async () => {
    const { method, path, init } = drawn(chance, routes, token);
    const said = () => `${method} ${path} ${String(init.body ?? "").slice(0, 300)}`;
    try {
      const answer = await fetch(url + path, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
      const { status } = answer;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
      const text = isStream ? void (await answer.body?.cancel()) : await answer.text();
      // 501 says that this platform cannot, 503 that there are 50 streams already.
      if (status >= 500 && status !== 501 && !isFull(status, text)) {
        violations.push(`${said()}: ${status} ${text?.slice(0, 300)}`);
      }
    } catch (error) {
      const isOurs = error instanceof Error && /timeout|aborted/i.test(error.name + error.message);
      if (isOurs) given++;
      else if (error instanceof TypeError && !/fetch failed/.test(error.message)) given++;
      else violations.push(`${said()}: ${describe(error)}`);
    }
  };
  while (goesOn(done) && violations.length < 20) {
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    done += AT_ONCE;
    if (done % 6_000 === 0) console.error(`fuzz of HTTP: ${done} requests`);
  }
  const ill = await dev.problem();
  if (ill !== undefined) violations.push(ill);
  const told = dev.running.stderr.filter((line) => /unexpected/i.test(line));
  violations.push(...told.slice(0, 5));
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${n} of ${status}`);
  return {
    area: "S12 HTTP API, fuzzed",
    done: `${done} requests: ${counts.join(", ")}, ${given} given up or not to be written`,
    violations,
  };
}

function isFull(status: number, text: string | undefined): boolean {
  return status === 503 && text?.includes("THROTTLED") === true;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.message} ${String(error.cause ?? "")}` : String(error);
}

function drawn(chance: Chance, routes: readonly Route[], token: string) {
  const route = chance.any(routes);
  if (route === undefined) throw new Error("the API describes no route");
  const method = chance.is(0.03) ? chance.pick(["PUT", "DELETE", "PATCH"]) : route.method;
  const named = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "queue" && chance.is(0.8) ? "tasks" : wordIn(chance),
  );
  const pairs = Array.from({ length: chance.int(0, 2) }, () => {
    return `${encodeURIComponent(nameOf(chance, route.inQuery))}=${wordIn(chance)}`;
  });
  const path = `${named}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
  const headers: Record<string, string> = {};
  if (chance.is(0.95)) headers.authorization = `Bearer ${token}`;
  if (chance.is(0.95)) headers["content-type"] = "application/json";
  if (chance.is(0.05)) headers["idempotency-key"] = chance.hex(chance.int(0, 600));
  if (chance.is(0.03)) headers["last-event-id"] = chance.hex(8);
  const body = method === "GET" || chance.is(0.05) ? undefined : bodyOf(chance, route);
  return { method, path, init: { method, headers, ...(body === undefined ? {} : { body }) } };
}

/** As it stands in an address, mostly well formed. */
function wordIn(chance: Chance): string {
  const word = chance.pick(WORDS);
  const text = typeof word === "string" ? word : JSON.stringify(word);
  if (chance.is(0.05)) return `%${chance.hex(2)}`;
  return !/\p{Surrogate}/u.test(text) ? encodeURIComponent(text) : "%ED%A0%80";
}

/** Mostly one that the route takes: what it takes nothing of is refused for that alone. */
function nameOf(chance: Chance, taken: readonly string[]): string {
  return chance.is(0.95) ? (chance.any(taken) ?? chance.pick(NAMES)) : chance.pick(NAMES);
}

function bodyOf(chance: Chance, { inBody }: Route): string | Uint8Array<ArrayBuffer> {
  if (chance.is(0.05)) return new Uint8Array(chance.bytes(chance.int(0, 4_000)));
  const count = Math.min(inBody.length, chance.int(0, 3));
  const names = Array.from({ length: count }, () => nameOf(chance, inBody));
  const text = JSON.stringify(
    Object.fromEntries(names.map((name) => [name, drawnValue(chance, 1)])),
  );
  if (!chance.is(0.1)) return text;
  // Not JSON any more, or other JSON.
  const at = chance.int(0, text.length);
  return (
    text.slice(0, at) + chance.pick(["", "]", '"', "1e999", "\\u0000", ","]) + text.slice(at + 1)
  );
}

function drawnValue(chance: Chance, depth: number): unknown {
  if (depth < 4 && chance.is(0.2)) {
    const names = Array.from({ length: chance.int(0, 5) }, () => chance.pick(NAMES));
    return Object.fromEntries(names.map((name) => [name, drawnValue(chance, depth + 1)]));
  }
  if (depth < 4 && chance.is(0.1)) {
    return Array.from({ length: chance.int(0, 4) }, () => drawnValue(chance, depth + 1));
  }
  return chance.pick(WORDS);
}
