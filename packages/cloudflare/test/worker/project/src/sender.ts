import { queue } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
import type { Sending } from "../../probe.ts";

/** Sends what a test asks for, and answers with what became of it; counts a queue. */
export const sender = {
  async fetch(request: Request): Promise<Response> {
    const counted = /\/stats\/(\w+)$/.exec(request.url)?.[1];
    if (counted !== undefined) return Response.json(await operate(counted).stats());
    const { name, entries } = (await request.json()) as Sending; // the test's own
    const results = await (await queue(name)).sendBatch(entries);
    return Response.json(
      results.map((result) =>
        result.ok
          ? result
          : {
              ok: false,
              code: result.error.code,
              message: result.error.message,
              fix: result.error.fix,
            },
      ),
    );
  },
};
