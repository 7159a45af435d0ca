import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import type { SqsAddress } from "./address.ts";

/** An answer that takes longer is none; SQS answers within milliseconds. */
const ANSWER_MS = 10_000;
const CONNECT_MS = 3_000;
/** The longest long poll. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const LONGEST_POLL_MS = 20_000;

/**
 * The connections to SQS that one driver uses, and the one place that configures the vendor's SDK, which reads credentials
 * as every program of AWS does: environment, profile, container, instance. Each client is made at first use, since making
 * one takes a cold function a millisecond, and one that is triggered by a queue rarely calls it. Does no I/O.
 */
export class SqsClients {
  readonly #common: SQSClientConfig;
  #calls: SQSClient | undefined;
  #polls: SQSClient | undefined;

  constructor({ url, region, endpoint }: SqsAddress) {
    this.#common = {
      region,
      // The SDK would go to the queue's own host too, but say so on the console where it differs from what it derived.
      endpoint: endpoint ?? new URL(url).origin,
      // The portable layer repeats what failed, item by item.
      maxAttempts: 1,
      // Otherwise every request pays for a new stack of middleware: https://github.com/aws/aws-sdk-js-v3/issues/6423
      cacheMiddleware: true,
    };
  }

  get calls(): SQSClient {
    this.#calls ??= new SQSClient({ ...this.#common, requestHandler: handler(ANSWER_MS) });
    return this.#calls;
  }

  /** For long polls alone: each holds its socket for seconds, and sends would wait for one. */
  get polls(): SQSClient {
    this.#polls ??= new SQSClient({
      ...this.#common,
      credentials: this.calls.config.credentials,
      requestHandler: handler(LONGEST_POLL_MS + ANSWER_MS),
    });
    return this.#polls;
  }

  close(): void {
    this.#calls?.destroy();
    this.#polls?.destroy();
  }
}

/** A call's own options. With any, even none in them, the SDK builds its stack of middleware anew. */
export function callOptions(
  signal: AbortSignal | undefined,
): { readonly abortSignal: AbortSignal } | undefined {
  return signal === undefined ? undefined : { abortSignal: signal };
}

function handler(answerMs: number): NonNullable<SQSClientConfig["requestHandler"]> {
  return {
    connectionTimeout: CONNECT_MS,
    requestTimeout: answerMs,
    // Without it the SDK prints a warning and waits on.
    throwOnRequestTimeout: true,
    socketTimeout: answerMs,
    // Above it requests wait for each other; the portable layer bounds what is under way.
    httpsAgent: { maxSockets: 500 },
    httpAgent: { maxSockets: 500 },
  };
}
