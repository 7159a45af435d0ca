import { AlienError } from "@alienplatform/core";
import { z } from "zod";
import { json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { receivedMessage } from "../schema/message.ts";
import { duration } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import type { ServedClient } from "../served-queues.ts";
import { receivedView } from "../view/message.ts";
import { ofQueue } from "./queues.ts";

const MOST_RECEIPTS = 100;
const receiptHandle = z.string().min(1).max(8_192);

const receipts = {
  receiptHandle: receiptHandle.optional(),
  receiptHandles: z.array(receiptHandle).max(MOST_RECEIPTS).optional(),
};

const settled = {
  200: {
    description:
      "One result for each receipt, in order. What went wrong with a single one is a problem.",
    schema: z.object({
      results: z.array(
        z.object({
          applied: z.literal(true).optional(),
          error: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  },
};

/** POST /queues/:queue/receive, and what ends a loan or makes it longer. */
export function receiveRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "post",
      path: "/queues/:queue/receive",
      id: "receive",
      group: "messages",
      summary: "Take messages on loan; they come back when the lease ends",
      params: ofQueue,
      body: fields({
        max: z.int().min(1).max(100).optional(),
        wait: duration.optional(),
        lease: duration.optional(),
      }),
      answers: {
        200: {
          description: "None where nothing is ready.",
          schema: z.object({ messages: z.array(receivedMessage) }),
        },
      },
    },
    async ({ params: { queue }, body: { max = 1, ...options }, signal }) => {
      const client = await served.client(queue);
      const messages = await client.receive(queue, max, { ...options, json: "text", signal });
      return json({ messages: messages.map(receivedView) });
    },
  );

  const settle = <Body extends z.output<z.ZodObject<typeof receipts>>>(
    verb: "ack" | "nack" | "extend" | "deadLetter",
    path: string,
    summary: string,
    body: z.ZodType<Body>,
    run: (client: ServedClient, receipt: string, body: Body) => Promise<void>,
  ) =>
    routes.add(
      {
        method: "post",
        path: `/queues/:queue/${path}`,
        id: verb,
        group: "messages",
        summary,
        params: ofQueue,
        body,
        answers: settled,
      },
      async ({ params: { queue }, body: given }) => {
        const client = await served.client(queue);
        const { receiptHandle: one, receiptHandles: several } = given;
        if ((one === undefined) === (several === undefined)) throw noReceipt();
        if (one !== undefined) await run(client, one, given);
        const all = (several ?? []).map((receipt) => run(client, receipt, given));
        const results = (await Promise.allSettled(all)).map((result) =>
          result.status === "fulfilled" ? APPLIED : { error: served.problem(result.reason) },
        );
        return json({ results: one === undefined ? results : [APPLIED] });
      },
    );

  settle("ack", "ack", "It is done: it does not come back", fields(receipts), (client, receipt) =>
    client.ack(client.name, receipt),
  );
  settle(
    "nack",
    "nack",
    "It is not done: it comes back at once, or after a delay",
    fields({ ...receipts, delay: duration.optional(), reason: z.string().max(8_192).optional() }),
    (client, receipt, { delay, reason }) =>
      client.nack(client.name, receipt, {
        ...(delay === undefined ? {} : { delay }),
        ...(reason === undefined ? {} : { reason }),
      }),
  );
  settle(
    "extend",
    "extend",
    "Make the lease end this long from now",
    fields({ ...receipts, lease: duration }),
    (client, receipt, { lease }) => client.extend(client.name, receipt, lease),
  );
  settle(
    "deadLetter",
    "dead-letter",
    "No more attempts: to the dead letters, with the reason",
    fields({ ...receipts, reason: z.string().max(8_192) }),
    (client, receipt, { reason }) => client.deadLetter(client.name, receipt, reason),
  );
}

const APPLIED = { applied: true };

function noReceipt(): AlienError {
  return new AlienError("OPTION_INVALID", "a request settles receiptHandle, or receiptHandles", {
    fix: 'Give one of the two: { "receiptHandle": "..." }, as receive answered it.',
    details: { option: "receiptHandle" },
  });
}
