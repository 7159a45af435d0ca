import { AlienError } from "@alienplatform/core";
import type { Context, Hono } from "hono";
import { z } from "zod";
import { namesOf } from "./names.ts";
import { refusedInput } from "./problem/refused-input.ts";

/** One route: the schemas that check its requests also describe it. */
export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: "get" | "post" | "put" | "delete";
  /** "/queues/:queue/messages". */
  readonly path: string;
  /** The operation's id in the description. */
  readonly id: string;
  readonly group: string;
  readonly summary: string;
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Of another type than JSON: read as it comes. */
  readonly bodyType?: string;
  /** What each status answers, beside the problems. */
  readonly answers: Readonly<Record<number, Answer>>;
}

/** What a route answers with a status. */
export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** "application/json" unless told otherwise. */
  readonly type?: string;
}

/** A request that its route's schemas have accepted. */
export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly context: Context;
  /** Aborts when the caller has gone, or the API ends. */
  readonly signal: AbortSignal;
}

/** The routes of an API, as they are served and described. */
export class Routes {
  readonly all: Route[] = [];
  readonly #app: Hono;
  readonly #ending: AbortSignal | undefined;

  /** `ending` aborts when the whole API ends; undefined where it lives for single requests. */
  constructor(app: Hono, ending: AbortSignal | undefined) {
    this.#app = app;
    this.#ending = ending;
  }

  /** A Worker refuses what belongs to another request, as a signal of all of them does. */
  #signalOf({ signal }: Request): AbortSignal {
    return this.#ending === undefined ? signal : AbortSignal.any([signal, this.#ending]);
  }

  add<Params, Query, Body>(
    route: Route<Params, Query, Body>,
    handle: (call: Call<Params, Query, Body>) => Response | Promise<Response>,
  ): void {
    // Read to be described only, where the types of what they accept do not matter.
    this.all.push(route as unknown as Route);
    this.#app.on(route.method, [route.path], async (context) =>
      handle({
        params: checked(route.params, context.req.param()),
        query: checked(route.query ?? NOTHING, context.req.query()),
        body: await bodyOf(route, context),
        context,
        signal: this.#signalOf(context.req.raw),
      }),
    );
  }
}

// A route without schemas has no such types.
const NOTHING = z.strictObject({}) as unknown as z.ZodType<never>;

function checked<Value>(schema: z.ZodType<Value> | undefined, given: unknown): Value {
  if (schema === undefined) return given as Value; // unknown, where the route declares none
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw refusedInput(result.error, namesOf(schema));
}

/** A body that is not there is an empty object. */
async function bodyOf<Params, Query, Body>(
  { body, bodyType }: Route<Params, Query, Body>,
  context: Context,
): Promise<Body> {
  if (body === undefined || bodyType !== undefined) return undefined as Body; // nothing to read
  const text = await context.req.text();
  return checked(body, text.trim() === "" ? {} : parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const position = cause instanceof Error && / at position \d+/.exec(cause.message)?.[0];
    throw new AlienError("OPTION_INVALID", `the body is not JSON${position || ""}`, {
      fix: "Send the body as JSON, in UTF-8.",
    });
  }
}
