import { readFileSync } from "node:fs";
import { Refused } from "./refused.ts";

/** A field of a message, as Google's protos declare it. */
interface Field {
  readonly type: string;
  readonly repeated?: boolean;
  readonly map?: boolean;
  readonly required?: boolean;
  readonly outputOnly?: boolean;
  readonly immutable?: boolean;
}

type Fields = Readonly<Record<string, Field>>;

interface Method {
  readonly verb: string;
  readonly paths: readonly string[];
  readonly body?: string;
  readonly request: string;
}

/** Written by extract-schema.mjs from Google's own protos. */
interface Schema {
  readonly services: Readonly<
    Record<string, { readonly host: string; readonly methods: Readonly<Record<string, Method>> }>
  >;
  readonly messages: Readonly<Record<string, Fields>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

const schema = JSON.parse(
  readFileSync(new URL("./schema.json", import.meta.url), "utf8"),
) as Schema; // as it was written

export type Message = Readonly<Record<string, unknown>>;

/** A request that a service of Google's would take. */
export interface Taken {
  /** "google.pubsub.v1.Publisher.CreateTopic" */
  readonly method: string;
  /** The request message: path, query and body together. */
  readonly request: Message;
}

/** The request as its service would read it; refused where the service would not know what is in it, or misses something. */
export function take(
  api: string,
  verb: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): Taken {
  for (const [service, { host, methods }] of Object.entries(schema.services)) {
    if (host !== `${api}.googleapis.com`) continue;
    for (const [name, method] of Object.entries(methods)) {
      if (method.verb !== verb) continue;
      for (const template of method.paths) {
        const found = variables(template, path);
        if (found === undefined) continue;
        return { method: `${service}.${name}`, request: requestOf(method, found, query, body) };
      }
    }
  }
  throw new Refused(404, "NOT_FOUND", `the tests' Google knows no ${verb} ${api} ${path}`);
}

function requestOf(
  { request: type, body: field }: Method,
  path: Readonly<Record<string, string>>,
  query: URLSearchParams,
  body: unknown,
): Message {
  const request: Record<string, unknown> = {};
  if (field === undefined && body !== undefined) throw Refused.invalid("Request has a body.");
  if (field === "*") Object.assign(request, checked(type, body ?? {}, ""));
  else if (field !== undefined) {
    const of = fieldsOf(type)[camel(field)];
    request[camel(field)] = checked(of?.type ?? "", body ?? {}, field);
  }
  for (const [name, value] of Object.entries(path)) put(request, name.split(".").map(camel), value);
  for (const [name, value] of query) {
    const [first = "", ...rest] = name.split(".");
    const known = fieldsOf(type)[camel(first)];
    if (
      known === undefined ||
      (rest.length > 0 && fieldsOf(known.type)[camel(rest[0] ?? "")] === undefined)
    ) {
      throw Refused.invalid(
        `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter.`,
      );
    }
    put(request, [first, ...rest].map(camel), value);
  }
  requireAll(type, request, "");
  checkMask(type, request);
  return request;
}

/** A message of this type, with its fields as JSON names them; what only Google writes is left out. */
function checked(type: string, value: unknown, at: string): Message {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw Refused.invalid(`Invalid value at '${at}' (${type}), a message is expected`);
  }
  const made: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) {
    const field = fieldsOf(type)[camel(name)];
    if (field === undefined) {
      throw Refused.invalid(
        `Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`,
      );
    }
    if (field.outputOnly === true || each === null || each === undefined) continue;
    made[camel(name)] = fieldValue(field, each, at === "" ? name : `${at}.${name}`);
  }
  return made;
}

function fieldValue({ type, repeated, map }: Field, value: unknown, at: string): unknown {
  if (map === true) {
    if (typeof value !== "object" || Array.isArray(value)) throw wrong(type, value, at);
    return Object.fromEntries(
      Object.entries(value ?? {}).map(([key, each]) => [key, single(type, each, `${at}.${key}`)]),
    );
  }
  if (repeated === true) {
    if (!Array.isArray(value)) throw wrong(type, value, at);
    return value.map((each, index) => single(type, each, `${at}[${index}]`));
  }
  return single(type, value, at);
}

function single(type: string, value: unknown, at: string): unknown {
  if (type === "string") {
    if (typeof value !== "string") throw wrong(type, value, at);
    return value;
  }
  const pattern = WRITTEN[type];
  if (pattern !== undefined) {
    if (!pattern.test(typeof value === "string" ? value : JSON.stringify(value)))
      throw wrong(type, value, at);
    return value;
  }
  const names = schema.enums[type];
  if (names !== undefined) {
    if (typeof value !== "string" || !names.includes(value)) throw wrong(type, value, at);
    return value;
  }
  return checked(type, value, at);
}

/** How JSON writes what is no message. https://protobuf.dev/programming-guides/json/ */
const WRITTEN: Readonly<Record<string, RegExp>> = {
  bool: /^(true|false)$/,
  int32: /^-?\d+$/,
  uint32: /^\d+$/,
  int64: /^-?\d+$/,
  double: /^-?[\d.e+-]+$/,
  bytes: /^[A-Za-z0-9+/_-]*={0,2}$/,
  "google.protobuf.Timestamp": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  "google.protobuf.Duration": /^-?\d+(\.\d{1,9})?s$/,
  "google.protobuf.Int32Value": /^-?\d+$/,
  "google.protobuf.DoubleValue": /^-?[\d.e+-]+$/,
  "google.protobuf.FieldMask": /^[a-zA-Z.,]*$/,
};

function wrong(type: string, value: unknown, at: string): Refused {
  return Refused.invalid(`Invalid value at '${at}' (${type}), ${JSON.stringify(value)}`);
}

/** What is REQUIRED has to be there, wherever its message is; of a resource that a mask names parts of, the parts alone. */
function requireAll(type: string, value: Message, at: string): void {
  const masked = value.updateMask === undefined ? undefined : resourceOf(type);
  for (const [name, field] of Object.entries(fieldsOf(type))) {
    const each = value[name];
    const path = at === "" ? name : `${at}.${name}`;
    if (field.required === true && (each === undefined || each === "")) {
      throw Refused.invalid(`The request is missing the required field '${path}'.`);
    }
    const inside = Array.isArray(each) ? each : [each];
    if (field.map === true || schema.messages[field.type] === undefined) continue;
    if (field === masked) continue;
    for (const one of inside) {
      if (typeof one === "object" && one !== null) requireAll(field.type, one as Message, path);
    }
  }
}

/** A mask names fields of the resource that the request carries, and none that is fixed for good. */
function checkMask(type: string, request: Message): void {
  const { updateMask } = request;
  if (updateMask === undefined) return;
  const resource = resourceOf(type);
  for (const path of String(updateMask).split(",")) {
    let of = resource?.type ?? "";
    for (const name of path.split(".")) {
      const field: Field | undefined = fieldsOf(of)[name];
      if (field === undefined)
        throw Refused.invalid(`Invalid update_mask: ${path} is not a field of ${resource?.type}.`);
      if (field.immutable === true || field.outputOnly === true) {
        throw Refused.invalid(`The field ${path} cannot be updated.`);
      }
      of = field.type;
    }
  }
}

/** The resource that a request to change one carries. */
function resourceOf(type: string): Field | undefined {
  return Object.values(fieldsOf(type)).find(({ type: of }) => schema.messages[of] !== undefined);
}

function fieldsOf(type: string): Fields {
  return schema.messages[type] ?? {};
}

/** What a path says for the variables of a template: "/v1/{name=projects/*\/topics/*}:verb". */
function variables(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const names: string[] = [];
  const pattern = template.replace(
    /\{([\w.]+)(?:=([^}]*))?\}|[.?+^$()[\]\\|]/g,
    (text, name?: string, inside = "*") => {
      if (name === undefined) return `\\${text}`;
      names.push(name);
      return `(${inside.replace(/\*\*|\*/g, (stars: string) => (stars === "**" ? ".+" : "[^/:]+"))})`;
    },
  );
  const found = new RegExp(`^${pattern}$`).exec(path);
  if (found === null) return undefined;
  return Object.fromEntries(
    names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? "")]),
  );
}

function put(
  into: Record<string, unknown>,
  [name = "", ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const inner = { ...(into[name] as Record<string, unknown> | undefined) }; // a message, as the path says
  put(inner, rest, value);
  into[name] = inner;
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
