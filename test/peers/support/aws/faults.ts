import { setTimeout as after } from "node:timers/promises";
import { Cut, type Layer, refusal } from "./aws-answer.ts";
import type { AwsCall } from "./aws-call.ts";

/** Every call takes this much longer. */
export function delayed(ms: number): Layer {
  return async (call, pass) => {
    await after(ms);
    return pass(call);
  };
}

/** The calls that are picked are answered as their service does where there are too many of them. */
export function throttled(picks: (call: AwsCall) => boolean): Layer {
  return async (call, pass) => {
    if (!picks(call)) return pass(call);
    const { status, code } = THROTTLING[call.service] ?? OTHER_THROTTLING;
    return refusal(call, status, code, "Rate exceeded", QUERY_CODES[call.service]);
  };
}

/**
 * The machine that calls is dead: the n-th call that is picked (from 1), and all after it, get no answer, and AWS does
 * nothing; where the side is "after", it still does the n-th. Every call is picked unless told otherwise.
 */
export function dead(
  n: number,
  side: "before" | "after",
  picks: (call: AwsCall) => boolean = () => true,
): Layer {
  let count = 0;
  return async (call, pass) => {
    if (count < n && !picks(call)) return pass(call);
    count += 1;
    if (count < n) return pass(call);
    if (count === n && side === "after") await pass(call);
    throw new Cut();
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html and the like. */
const THROTTLING: Readonly<Record<string, { readonly status: number; readonly code: string }>> = {
  lambda: { status: 429, code: "TooManyRequestsException" },
  sqs: { status: 400, code: "com.amazonaws.sqs#RequestThrottled" },
  iam: { status: 400, code: "Throttling" },
  sts: { status: 400, code: "Throttling" },
  s3: { status: 503, code: "SlowDown" },
};
const OTHER_THROTTLING = { status: 400, code: "ThrottlingException" };

/** As SQS's older protocol calls it. */
const QUERY_CODES: Readonly<Record<string, string>> = { sqs: "RequestThrottled" };
