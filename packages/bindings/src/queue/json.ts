import { AlienError } from "@alienplatform/core";

/** The payload as JSON. What JSON cannot carry is refused, with its path, instead of being dropped. */
export function encodeJson(payload: unknown): string {
  if (!isPlain(payload, 0)) {
    const problem = findProblem(payload);
    if (problem !== undefined) throw payloadInvalid(problem.path, problem.what);
  }
  let body: string | undefined;
  try {
    body = JSON.stringify(payload);
  } catch (cause) {
    // Left are a toJSON or a getter that throws, and nesting deeper than the stack.
    throw payloadInvalid("payload", cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (body === undefined) throw payloadInvalid("payload", "is undefined");
  return body;
}

/** Deeper than this, and so in a cycle too, the exact search decides. */
const FAST_DEPTH = 64;

/** The hot path: true where there is certainly nothing to refuse. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "undefined":
      return depth > 0;
    case "number":
      return Number.isFinite(value);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > FAST_DEPTH) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (!isPlain(value[index], depth + 1)) return false;
    }
    return true;
  }
  // Any object may be indexed; what is absent reads as undefined.
  const record = value as Record<string, unknown>;
  if (typeof record.toJSON === "function") return false;
  let empty = true;
  for (const key in record) {
    empty = false;
    if (!isPlain(record[key], depth + 1)) return false;
  }
  return !empty || !isEmptied(record);
}

/** JSON.stringify makes {} of these, whatever is in them: a Map for one, or a promise that nobody awaited. */
const EMPTIED = [Map, Set, WeakMap, WeakSet, Promise, RegExp, Error, ArrayBuffer] as const;

/** Of an object without keys: whether there is more to it than that. */
function isEmptied(value: object): boolean {
  if (Object.getPrototypeOf(value) === Object.prototype) return false;
  return EMPTIED.some((kind) => value instanceof kind);
}

interface Problem {
  readonly path: string;
  readonly what: string;
}

interface Frame {
  readonly value: object;
  readonly path: string;
  readonly keys: readonly string[];
  next: number;
}

/** The exact search: with paths, ancestors and toJSON, and without recursion, so that depth cannot hurt it. */
function findProblem(root: unknown): Problem | undefined {
  const frames: Frame[] = [];
  const ancestors = new Set<object>();
  const visit = (given: unknown, key: string, path: string): Problem | undefined => {
    if (given instanceof Date && Number.isNaN(given.getTime()))
      return { path, what: "is an invalid Date" };
    const value = afterToJson(given, key);
    if (value === undefined && frames.length === 0) return { path, what: "is undefined" };
    const what = describeScalar(value);
    if (what !== undefined) return { path, what };
    if (typeof value !== "object" || value === null) return undefined;
    if (ancestors.has(value)) return { path, what: "refers back to an object that contains it" };
    const keys = Object.keys(value);
    if (keys.length === 0 && isEmptied(value)) {
      return { path, what: `is of type ${value.constructor.name}, of which JSON keeps nothing` };
    }
    ancestors.add(value);
    frames.push({ value, path, keys, next: 0 });
    return undefined;
  };
  let problem = visit(root, "", "payload");
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (problem !== undefined) return problem;
    const key = frame.keys[frame.next++];
    if (key === undefined) {
      ancestors.delete(frame.value);
      frames.pop();
    } else {
      // The keys are the object's own.
      const child = (frame.value as Record<string, unknown>)[key];
      problem = visit(child, key, frame.path + step(frame.value, key));
    }
  }
  return problem;
}

function afterToJson(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { toJSON } = value as { toJSON?: unknown }; // absent reads as undefined
  return typeof toJSON === "function" ? toJSON.call(value, key) : value;
}

function describeScalar(value: unknown): string | undefined {
  switch (typeof value) {
    case "function":
      return "is a function";
    case "symbol":
      return "is a symbol";
    case "bigint":
      return "is a BigInt";
    case "number":
      return Number.isFinite(value) ? undefined : `is ${value}`;
    default:
      return undefined;
  }
}

function step(parent: object, key: string): string {
  if (Array.isArray(parent)) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function payloadInvalid(path: string, what: string, cause?: unknown): AlienError {
  return new AlienError("PAYLOAD_INVALID", `${path} cannot be sent as JSON: it ${what}`, {
    fix: "Send only what JSON can carry: strings, finite numbers, booleans, null, arrays and objects.",
    details: { path },
    cause,
  });
}
