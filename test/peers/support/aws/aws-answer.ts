import type { IncomingHttpHeaders } from "node:http";
import type { AwsCall } from "./aws-call.ts";

/** What a client gets. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Something in the way of a call: it passes the call on, or answers in its own words. */
export type Layer = (
  call: AwsCall,
  pass: (call: AwsCall) => Promise<AwsAnswer>,
) => Promise<AwsAnswer>;

/** Thrown by a layer: the connection ends without an answer. */
export class Cut extends Error {}

export function jsonAnswer(value: unknown, status = 200): AwsAnswer {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}

/** A JSON object of an answer; its fields are the vendor's. */
export type Fields = Record<string, unknown>;

/** The JSON of an answer. */
export function fieldsOf({ body }: AwsAnswer): Fields {
  return body.length === 0 ? {} : JSON.parse(body.toString());
}

/** The answer with other JSON in it, where it is one of success. */
export function rewritten(answer: AwsAnswer, rewrite: (fields: Fields) => Fields): AwsAnswer {
  if (answer.status >= 300) return answer;
  const { "content-length": _length, ...headers } = answer.headers;
  return { ...answer, headers, body: Buffer.from(JSON.stringify(rewrite(fieldsOf(answer)))) };
}

/** The services of ours that speak XML; the others speak JSON. */
const XML = ["iam", "sts", "s3"];

/** A refusal as the called service writes it. `query` is the code of SQS's older protocol, which the SDK reads too. */
export function refusal(
  { service }: AwsCall,
  status: number,
  code: string,
  message: string,
  query = code,
): AwsAnswer {
  if (XML.includes(service)) {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    const body = service === "s3" ? error : `<ErrorResponse>${error}</ErrorResponse>`;
    return { status, headers: { "content-type": "text/xml" }, body: Buffer.from(body) };
  }
  const answer = jsonAnswer({ __type: code, message, Message: message, Type: "User" }, status);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      "x-amzn-errortype": code,
      ...(service === "sqs" ? { "x-amzn-query-error": `${query};Sender` } : {}),
    },
  };
}
