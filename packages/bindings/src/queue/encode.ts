import { AlienError } from "@alienplatform/core";
import type { Headers, Outgoing } from "./driver.ts";
import { readGroup } from "./group.ts";
import type { MessageIds } from "./id.ts";
import { encodeJson } from "./json.ts";
import { JsonText } from "./json-text.ts";
import type { SendOptions } from "./message.ts";
import {
  type HeaderOptions,
  type OptionRules,
  type RoutingOptions,
  readHeaderOptions,
  readRoutingOptions,
} from "./options.ts";
import { checkBySchema, checkText, parsedJson } from "./payload.ts";
import type { Schema } from "./schema.ts";

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
    if (payload instanceof JsonText) return this.#encodeText(payload.text, options, job);
    const kind = typeof payload === "string" ? "text" : "json";
    const body = typeof payload === "string" ? checkText(payload) : encodeJson(payload);
    const message = this.#build(kind, body, payload, options, job);
    if (this.#schema === undefined) return message;
    // What the handler's schema will see is what travels: a Date, for one, is a string by then.
    const travels: unknown = kind === "json" ? JSON.parse(body) : body;
    return this.#checked(message, travels, this.#schema);
  }

  /** JSON text travels letter by letter. */
  #encodeText(
    json: string,
    options: SendOptions | undefined,
    job: string | undefined,
  ): Outgoing | Promise<Outgoing> {
    const payload = parsedJson(json);
    const message = this.#build("json", json, payload, options, job);
    return this.#schema === undefined ? message : this.#checked(message, payload, this.#schema);
  }

  #checked(message: Outgoing, travels: unknown, schema: Schema): Outgoing | Promise<Outgoing> {
    const checked = checkBySchema(this.#rules.queue, schema, travels);
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
    const { queue, options: declared, capabilities, heldTo } = this.#rules;
    if (declared.fifo === undefined) {
      if (options?.group === undefined) return undefined;
      throw new AlienError("OPTION_INVALID", `queue "${queue}" is not FIFO and takes no group`, {
        fix: "Declare it with .fifo(), or send without a group.",
        details: { option: "group" },
      });
    }
    const unordered = [capabilities, ...heldTo].find(({ ordered }) => !ordered);
    if (unordered !== undefined) {
      throw new AlienError("UNSUPPORTED", `${unordered.service} has no FIFO groups`, {
        fix: `Declare queue "${queue}" without .fifo(), or use a platform that keeps order.`,
      });
    }
    return readGroup(queue, declared.fifo.group, payload, options?.group);
  }
}
