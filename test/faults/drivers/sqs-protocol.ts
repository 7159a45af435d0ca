import type { Chance } from "../../simulation/chance.ts";
import { shuffled } from "./chance.ts";
import type { Operation } from "./fault-plan.ts";
import type { Altered, Answer, Exchange, HttpProtocol } from "./http-proxy.ts";
import { idsIn } from "./witness.ts";

const operations: Readonly<Record<string, Operation>> = {
  SendMessage: "send",
  SendMessageBatch: "send",
  ReceiveMessage: "receive",
  DeleteMessage: "settle",
  DeleteMessageBatch: "settle",
  ChangeMessageVisibility: "settle",
  ChangeMessageVisibilityBatch: "settle",
};

/** A status and the name of an error. */
type Refused = readonly [number, string];

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
const refusals: Readonly<Record<"throttle" | "unavailable", readonly [Refused, ...Refused[]]>> = {
  throttle: [
    [400, "ThrottlingException"],
    [403, "RequestThrottled"],
  ],
  unavailable: [
    [503, "ServiceUnavailable"],
    [500, "InternalFailure"],
  ],
};

interface Entry {
  readonly Id: string;
}

interface BatchAnswer {
  readonly Successful?: readonly Entry[];
  readonly Failed?: readonly object[];
}

/**
 * SQS's protocol, which names the action in a header and carries JSON.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
 */
export function sqsProtocol(fifo: boolean): HttpProtocol {
  /** Given before, to be given once more. */
  const before: object[] = [];
  return {
    deduplicates: fifo,
    operationOf: (request) => operations[actionOf(request)] ?? "other",
    refusal: (fault, chance) => {
      const [status, code] = chance.pick(refusals[fault]);
      return refusal(status, code);
    },
    alter: (fault, request, chance) => alter(fault, request, chance),
    // A FIFO queue does neither.
    ...(fifo ? {} : { again: (request, answer, chance) => again(before, request, answer, chance) }),
  };
}

/** Some entries fail: most before they were carried out, some after it. */
function alter(
  fault: "partial" | "expired",
  request: Exchange,
  chance: Chance,
): Altered | undefined {
  // What the SDK sends to a batch action.
  const asked = JSON.parse(request.body.toString()) as { readonly Entries?: readonly Entry[] };
  const { Entries: entries = [] } = asked;
  const refused = entries.filter(() => chance.is(0.4));
  if (refused.length === 0) return undefined;
  const doubted = fault === "expired" ? [] : refused.filter(() => chance.is(0.3));
  const carriedOut = entries.filter((entry) => !refused.includes(entry) || doubted.includes(entry));
  const failed = refused.map(({ Id }) =>
    fault === "expired"
      ? { Id, Code: "ReceiptHandleIsInvalid", SenderFault: true }
      : { Id, Code: "InternalError", Message: "as the campaign wants it", SenderFault: false },
  );
  const names = new Set(refused.map(({ Id }) => Id));
  return {
    body:
      carriedOut.length === 0
        ? undefined
        : Buffer.from(JSON.stringify({ ...asked, Entries: carriedOut })),
    doubted: idsIn(Buffer.from(JSON.stringify(doubted))),
    answer: (answer) => {
      if (answer !== undefined && answer.status !== 200) return answer;
      const { Successful = [], Failed = [] }: BatchAnswer =
        answer === undefined ? {} : JSON.parse(answer.body.toString());
      return json(200, {
        Successful: Successful.filter(({ Id }) => !names.has(Id)),
        Failed: [...Failed, ...failed],
      });
    },
  };
}

function again(before: object[], request: Exchange, answer: Answer, chance: Chance): Answer {
  if (answer.status !== 200) return answer;
  const { MaxNumberOfMessages: most = 1 }: { readonly MaxNumberOfMessages?: number } = JSON.parse(
    request.body.toString(),
  );
  const { Messages = [], ...rest }: { readonly Messages?: readonly object[] } = JSON.parse(
    answer.body.toString(),
  );
  const more = before.splice(0, Math.max(0, most - Messages.length));
  before.push(...Messages.filter(() => chance.is(0.3)));
  return json(200, { ...rest, Messages: shuffled([...Messages, ...more], chance) });
}

function actionOf({ headers }: Exchange): string {
  return String(headers["x-amz-target"] ?? "").replace("AmazonSQS.", "");
}

function refusal(status: number, code: string): Answer {
  return json(status, {
    __type: `com.amazonaws.sqs#${code}`,
    message: "as the campaign wants it",
  });
}

function json(status: number, body: object): Answer {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: Buffer.from(JSON.stringify(body)),
  };
}
