import { type ServicePlace, SignedHttp } from "../signed-http.ts";
import type { DynamoInputs, DynamoOutputs } from "./dynamo-calls.ts";

/** Where DynamoDB is, and who asks it. */
export type DynamoPlace = ServicePlace;

/**
 * Four actions of DynamoDB; its own client would make a function's bundle a quarter larger. Does no I/O until a call.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export class DynamoClient {
  readonly #http: SignedHttp;

  constructor(place: DynamoPlace) {
    this.#http = new SignedHttp("dynamodb", place);
  }

  /** What DynamoDB answers; throws what it says that is wrong, by its name. */
  async call<Action extends keyof DynamoInputs>(
    action: Action,
    input: DynamoInputs[Action],
    signal?: AbortSignal,
  ): Promise<DynamoOutputs[Action]> {
    const { status, text } = await this.#http.call(
      {
        method: "POST",
        path: "/",
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": `DynamoDB_20120810.${action}`,
        },
        body: JSON.stringify(input),
      },
      signal,
    );
    const answer: unknown = JSON.parse(text);
    // DynamoDB answers this action in no other form.
    if (status === 200) return answer as DynamoOutputs[Action];
    throw new DynamoFault(answer, status);
  }

  close(): void {
    this.#http.close();
  }
}

/**
 * What DynamoDB answers instead, by its name.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export class DynamoFault extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(answer: unknown, httpStatusCode: number) {
    // Every answer may be read so; what it lacks is undefined. Some have a capital letter.
    const { __type, message, Message } = (answer ?? {}) as Readonly<Record<string, unknown>>;
    super(String(message ?? Message ?? `DynamoDB answered ${httpStatusCode}`));
    const name = String(__type ?? "")
      .split("#")
      .at(-1);
    this.name = name === undefined || name === "" ? `status ${httpStatusCode}` : name;
    this.$metadata = { httpStatusCode };
  }
}
