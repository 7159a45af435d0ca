import type { Clock } from "../clock.ts";
import { retryOrDeadLetter } from "../queue/budget.ts";
import type { Delivery, Headers as MessageHeaders, Outcome } from "../queue/driver.ts";
import { failureOf } from "../queue/failure.ts";
import { DeliveryHandler, failed, type HandlerLease, type Handling } from "../queue/handle.ts";
import { excerpt } from "./excerpt.ts";
import { encodeHttpMessage } from "./http-message.ts";
import { type AnswerText, readAnswer } from "./read-answer.ts";
import { retryAfter } from "./retry-after.ts";
import { SIGNATURE_HEADER, Signer } from "./signature.ts";
import { answeredBy } from "./status.ts";
import { network, type Transport } from "./transport.ts";

const MOST_ANSWER_BYTES = 64 * 1024;
const LONGEST_RETRY_MS = 7 * 86_400_000;
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
/** Printable ASCII: a header can carry nothing else. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

export interface PushOptions {
  /** As failures name it: 'endpoint "billing"'. */
  readonly consumer: string;
  readonly url: string;
  /** Signs every request. */
  readonly secret: string;
  readonly clock: Clock;
  /** The longest delay of a retry that the platform has. */
  readonly longestDelayMs: number;
  /** Default the network. */
  readonly transport?: Transport;
}

/**
 * Posts each message to an HTTP consumer, signed, and takes the answer as its verdict. How long an answer may
 * take is the Consumer's `timeoutMs`.
 */
export function pushHandler(options: PushOptions): DeliveryHandler {
  const signer = new Signer(options.secret);
  return new DeliveryHandler((delivery, handling, lease) =>
    push(delivery, handling, lease, options, signer),
  );
}

async function push(
  delivery: Delivery,
  handling: Handling,
  { signal }: HandlerLease,
  options: PushOptions,
  signer: Signer,
): Promise<Outcome> {
  const { consumer, url, clock, transport = network } = options;
  const body = encodeHttpMessage(handling.queue, delivery);
  const signature = await signer.sign(body, clock.now());
  const request: RequestInit = {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "alien-queues",
      "x-alien-queue": handling.queue,
      "x-alien-message-id": delivery.id,
      "x-alien-attempt": String(delivery.attempt),
      [SIGNATURE_HEADER]: signature,
      ...traceHeaders(delivery.headers.trace),
    },
    body,
    // A signed message goes to nobody but the consumer that was declared.
    redirect: "manual",
    signal,
  };
  try {
    const response = await transport.send(url, request);
    const answer = await readAnswer(response, MOST_ANSWER_BYTES);
    return outcomeOf(response, answer, signature, delivery, handling, options);
  } catch (thrown) {
    return failed(delivery, handling, transport.failureOf(consumer, thrown));
  }
}

function outcomeOf(
  { status, statusText, headers }: Response,
  answer: AnswerText,
  signature: string,
  delivery: Delivery,
  handling: Handling,
  { consumer, secret, clock, longestDelayMs }: PushOptions,
): Outcome {
  const answered = answeredBy(status);
  const type = headers.get("content-type");
  if (answered === "ack") return acked(answer, type, delivery, handling);
  const confidential = [secret, signature, ...signature.split("v1=").slice(1)];
  const said = excerpt(answer.text, type, confidential);
  const redirected = status >= 300 && status <= 399 ? ", a redirect, which is not followed" : "";
  const reason = `${status} ${excerpt(statusText, null, confidential)}`.trimEnd();
  const line = `${consumer} answered ${reason}${redirected}`;
  const error = failureOf(`HTTP_${status}`, said === "" ? line : `${line}: ${said}`);
  if (answered === "deadLetter") return { kind: "deadLetter", error };
  const longestMs = Math.min(LONGEST_RETRY_MS, longestDelayMs);
  const delayMs = retryAfter(headers.get("retry-after"), clock.now(), longestMs);
  if (delayMs === undefined) return failed(delivery, handling, error);
  return retryOrDeadLetter(delivery, handling.options, delayMs, error);
}

/** JSON of up to 64 KiB is the job's result; what cannot be kept is dropped with a warning. */
function acked(
  { text, whole }: AnswerText,
  type: string | null,
  { id, attempt }: Delivery,
  { queue, log }: Handling,
): Outcome {
  if (type === null || !/^application\/json\s*(;|$)/i.test(type) || text === "") return ACK;
  const why = whole ? notJson(text) : `it is over ${MOST_ANSWER_BYTES} bytes`;
  if (why === undefined) return { kind: "ack", result: text };
  log({ level: "warn", message: `the result was dropped: ${why}`, queue, id, attempt });
  return ACK;
}

const ACK: Outcome = { kind: "ack" };

function notJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return "it is not JSON"; // the parser's own words quote it
  }
}

/** What another producer wrote may be no header at all. */
function traceHeaders(trace: MessageHeaders["trace"]): Readonly<Record<string, string>> {
  if (trace === undefined || !TRACEPARENT.test(trace.traceparent)) return {};
  const { traceparent, tracestate } = trace;
  if (tracestate === undefined || !TRACESTATE.test(tracestate)) return { traceparent };
  return { traceparent, tracestate };
}
