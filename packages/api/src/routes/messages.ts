import { JsonText, jsonElements, jsonField, type SendOptions } from "@alienplatform/bindings";
import { AlienError, type Duration } from "@alienplatform/core";
import type { Context } from "hono";
import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { payloadFields, sendOptions } from "../schema/message.ts";
import type { Served } from "../served.ts";
import { ofQueue } from "./queues.ts";

const MOST_IN_BATCH = 1_000;

const sendBody = fields({ ...payloadFields, ...sendOptions });
const { job: _, ...batchOptions } = sendOptions;
const entryBody = fields({ ...payloadFields, ...batchOptions });
const batchBody = fields({ messages: z.array(entryBody).max(MOST_IN_BATCH) });

const sent = z.object({
  id: z.string(),
  status: z.literal("PENDING"),
  deduplicated: z.boolean().describe("The key was known: the id is the first message's."),
});

/** POST /queues/:queue/messages, and a batch of them. */
export function messageRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "post",
      path: "/queues/:queue/messages",
      id: "send",
      group: "messages",
      summary: "Send a message; it is durable when this is answered",
      params: ofQueue,
      body: sendBody,
      answers: { 202: { description: "It is durable.", schema: sent } },
    },
    async ({ params: { queue }, body, context }) => {
      const client = await served.client(queue);
      const { payload, kind, job, ...given } = body;
      const key = given.idempotencyKey ?? context.req.header("idempotency-key");
      const options = optionsOf({
        ...given,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      });
      const what = verbatim(await payloadText(context, "payload"), payload, kind);
      const { id, deduplicated } =
        job === undefined
          ? await client.send(queue, what, options)
          : await client.call(job, what, options);
      return json({ id, status: "PENDING", deduplicated }, 202);
    },
  );

  routes.add(
    {
      method: "post",
      path: "/queues/:queue/messages/batch",
      id: "sendBatch",
      group: "messages",
      summary: "Send messages; what is wrong with one keeps back no other",
      params: ofQueue,
      body: batchBody,
      answers: {
        202: {
          description: "One result for each, in order.",
          schema: z.object({
            results: z.array(
              z.object({
                id: z.string().optional(),
                deduplicated: z.boolean().optional(),
                error: z.record(z.string(), z.unknown()).optional(),
              }),
            ),
          }),
        },
      },
    },
    async ({ params: { queue }, body: { messages }, context }) => {
      const client = await served.client(queue);
      const text = await context.req.text();
      const texts = jsonElements(jsonField(text, ["messages"]) ?? "[]");
      const entries = messages.map(({ payload, kind, ...given }, index) => {
        const own = jsonField(texts[index] ?? "", ["payload"]);
        return { ...optionsOf(given), payload: verbatim(own, payload, kind) };
      });
      const results = await client.sendBatch(entries);
      const told = results.map((result) =>
        result.ok
          ? { id: result.id, deduplicated: result.deduplicated }
          : { error: served.problem(result.error) },
      );
      return json({ results: told }, 202);
    },
  );
}

type Given = Omit<z.output<typeof entryBody>, "payload" | "kind">;

/** The options as send() takes them. */
export function optionsOf({
  delaySeconds,
  notBefore,
  group,
  ...others
}: Given): Omit<SendOptions, "signal"> {
  // Whatever it is, the queue checks it.
  const given = group === undefined ? others : { ...others, group: group as string };
  const waits = [given.delay, delaySeconds, notBefore].filter((one) => one !== undefined);
  if (waits.length > 1) {
    throw new AlienError("OPTION_INVALID", "a message has one of delay, delaySeconds, notBefore", {
      fix: "Leave the others out.",
      details: { option: "delay" },
    });
  }
  if (notBefore !== undefined) return { ...given, delay: new Date(notBefore) };
  if (delaySeconds === undefined) return given;
  const delay: Duration = `${Math.round(delaySeconds * 1_000)}ms`;
  return { ...given, delay };
}

/** A string is text unless it is said to be JSON; anything else goes on as the text that it came as. */
export function verbatim(
  text: string | undefined,
  payload: unknown,
  kind: "json" | "text" | undefined,
): unknown {
  if (typeof payload === "string" && kind !== "json") return payload;
  if (kind === "text") {
    throw new AlienError("OPTION_INVALID", 'the kind is "text" and the payload is no string', {
      fix: 'Send the payload as a string, or leave out the kind: "json" is what else there is.',
      details: { option: "kind" },
    });
  }
  if (text === undefined && payload !== undefined) {
    // Rather than store another payload than was sent.
    throw new AlienError("OPTION_INVALID", "the payload cannot be read letter by letter", {
      fix: "Write the payload once, as plain JSON.",
      details: { option: "payload" },
    });
  }
  return new JsonText(text ?? "null");
}

/** The text of a field of the body, as it came. */
export async function payloadText(context: Context, field: string): Promise<string | undefined> {
  return jsonField(await context.req.text(), [field]);
}
