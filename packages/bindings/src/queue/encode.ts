import { AlienError } from "@alienplatform/core";
import type { Headers, Outgoing } from "./driver.ts";
import { readGroup } from "./group.ts";
import type { MessageIds } from "./id.ts";
import { encodeJson } from "./json.ts";
import type { SendOptions } from "./message.ts";
import {
  type HeaderOptions,
  type OptionRules,
  type RoutingOptions,
  readHeaderOptions,
  readRoutingOptions,
} from "./options.ts";
import { type Checked, check, describeIssues, type Schema } from "./schema.ts";
import { isWellFormed } from "./text.ts";

const JSON_HEADERS: Headers = { kind: "json" };
const TEXT_HEADERS: Headers = { kind: "text" };

/** Turns a payload and its options into what a driver sends, or refuses before anything is sent. */
export class Encoder {
  readonly #rules: OptionRules;
  readonly #schema: Schema | undefined;
  readonly #ids: MessageIds;

  constructor(rules: OptionRules, schema: Schema | undefined, ids: MessageIds) {
    this.#rules = rules;
    this.#schema = schema;
    this.#ids = ids;
  }

  /** A string is text, anything else JSON. A promise only where the schema is asynchronous. */
  encode(
    payload: unknown,
    options: SendOptions | undefined,
    job?: string,
  ): Outgoing | Promise<Outgoing> {
    const kind = typeof payload === "string" ? "text" : "json";
    const body = typeof payload === "string" ? checkText(payload) : encodeJson(payload);
    const message = this.#build(kind, body, payload, options, job);
    if (this.#schema === undefined) return message;
    // What the handler's schema will see is what travels: a Date, for one, is a string by then.
    const travels: unknown = kind === "json" ? JSON.parse(body) : body;
    const checked = checkAtSend(this.#rules.queue, this.#schema, travels);
    return checked instanceof Promise ? checked.then(() => message) : message;
  }

  #build(
    kind: "json" | "text",
    body: string,
    payload: unknown,
    options: SendOptions | undefined,
    job: string | undefined,
  ): Outgoing {
    const plain = kind === "json" ? JSON_HEADERS : TEXT_HEADERS;
    const group = this.#group(payload, options);
    const sentAt = this.#rules.clock.now();
    if (options === undefined && job === undefined && group === undefined) {
      return { id: this.#ids.next(), body, headers: plain, sentAt };
    }
    let extra: HeaderOptions = {};
    let routing: RoutingOptions = {};
    if (options !== undefined) {
      extra = readHeaderOptions(options, this.#rules);
      routing = readRoutingOptions(options, this.#rules);
    }
    return {
      id: this.#ids.next(),
      body,
      headers: { ...plain, ...extra, ...(job === undefined ? {} : { job }) },
      sentAt,
      ...(group === undefined ? {} : { group }),
      ...routing,
    };
  }

  #group(payload: unknown, options: SendOptions | undefined): string | undefined {
    const { queue, options: declared, capabilities } = this.#rules;
    if (declared.fifo === undefined) {
      if (options?.group === undefined) return undefined;
      throw new AlienError("OPTION_INVALID", `queue "${queue}" is not FIFO and takes no group`, {
        fix: "Declare it with .fifo(), or send without a group.",
        details: { option: "group" },
      });
    }
    if (!capabilities.ordered) {
      throw new AlienError("UNSUPPORTED", `${capabilities.service} has no FIFO groups`, {
        fix: `Declare queue "${queue}" without .fifo(), or use a platform that keeps order.`,
      });
    }
    return readGroup(queue, declared.fifo.group, payload, options?.group);
  }
}

function checkText(text: string): string {
  if (isWellFormed(text)) return text;
  throw new AlienError(
    "PAYLOAD_INVALID",
    "the text holds half a surrogate pair, which UTF-8 cannot carry",
    {
      fix: "Send it inside JSON, { text }, where it is escaped, or call toWellFormed() first.",
      details: { path: "payload" },
    },
  );
}

function checkAtSend(queue: string, schema: Schema, payload: unknown): void | Promise<void> {
  const checked = check(schema, payload);
  return checked instanceof Promise
    ? checked.then((result) => refuse(queue, result))
    : refuse(queue, checked);
}

function refuse(queue: string, checked: Checked): void {
  if (checked.ok) return;
  throw new AlienError(
    "PAYLOAD_REFUSED",
    `the schema of queue "${queue}" refused the payload: ${describeIssues(checked.issues)}`,
    { fix: "Send what the schema accepts, as JSON.", details: { queue, issues: checked.issues } },
  );
}
