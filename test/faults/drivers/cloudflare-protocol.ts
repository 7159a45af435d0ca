import { shuffled } from "./chance.ts";
import type { Operation } from "./fault-plan.ts";
import type { Answer, HttpProtocol } from "./http-proxy.ts";

const operations: readonly (readonly [RegExp, Operation])[] = [
  [/\/messages\/pull$/, "receive"],
  [/\/messages\/ack$/, "settle"],
  [/\/messages(\/batch)?$/, "send"],
];

/** The errors of https://developers.cloudflare.com/queues/reference/error-codes/, and what a gateway says. */
const refusals: Readonly<Record<"throttle" | "unavailable", readonly [Answer, ...Answer[]]>> = {
  throttle: [refusal(429, 10_250, { "retry-after": "1" }), refusal(429, 429)],
  unavailable: [
    refusal(500, 15_000),
    { status: 503, headers: {}, body: Buffer.from("<html>no server is available</html>") },
  ],
};

interface Pulled {
  readonly result: { readonly messages?: readonly object[] };
}

/** Cloudflare's API of queues. A batch is taken whole or not at all, and it says of no lease that it has ended. */
export function cloudflareProtocol(): HttpProtocol {
  /** Given before, to be given once more. */
  const before: object[] = [];
  return {
    deduplicates: false,
    operationOf: ({ path }) => operations.find(([pattern]) => pattern.test(path))?.[1] ?? "other",
    refusal: (fault, chance) => chance.pick(refusals[fault]),
    again: (request, answer, chance) => {
      if (answer.status !== 200) return answer;
      const { batch_size: most = 1 }: { readonly batch_size?: number } = JSON.parse(
        request.body.toString(),
      );
      const pulled: Pulled = JSON.parse(answer.body.toString());
      const { messages = [] } = pulled.result;
      const more = before.splice(0, Math.max(0, most - messages.length));
      before.push(...messages.filter(() => chance.is(0.3)));
      const result = { ...pulled.result, messages: shuffled([...messages, ...more], chance) };
      return { ...answer, body: Buffer.from(JSON.stringify({ ...pulled, result })) };
    },
  };
}

function refusal(status: number, code: number, headers: Answer["headers"] = {}): Answer {
  const errors = [{ code, message: "as the campaign wants it" }];
  return {
    status,
    headers: { ...headers, "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ success: false, errors, messages: [], result: null })),
  };
}
