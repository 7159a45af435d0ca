import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { keptBy, toRecord } from "../../../../packages/aws/test/lambda/event-source-mapping.ts";
import type { RoleCredentials } from "./role-credentials.ts";

/** A mapping as Lambda's API has it, as far as polling goes. */
export interface PolledMapping {
  readonly UUID: string;
  readonly EventSourceArn: string;
  readonly BatchSize: number;
  readonly MaximumBatchingWindowInSeconds: number;
  readonly FunctionResponseTypes: readonly string[];
  readonly MaximumConcurrency: number;
}

/** What became of one batch. */
export interface PolledBatch {
  readonly messageIds: readonly string[];
  readonly deleted: readonly string[];
  /** Why the function failed as a whole. */
  readonly error?: Error;
}

export interface PollerOptions {
  readonly endpoint: string;
  readonly mapping: PolledMapping;
  /** Of the function's role: Lambda takes messages as the function. */
  readonly credentials: RoleCredentials;
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly onBatch: (batch: PolledBatch) => void;
  /** Polling itself failed, and is over. */
  readonly onFailure: (error: Error) => void;
}

/** So long a receive waits for messages; Lambda's take up to 20 s, which a pause here would wait for. */
const WAIT_SECONDS = 1;
const MOST_PER_RECEIVE = 10;

/**
 * Polls the queue of one event source mapping as Lambda does: so many at once as it is bounded to, each takes a batch,
 * invokes the function, deletes what is not to stay, and leaves the rest to its visibility timeout.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export class EventSourcePoller {
  readonly #given: PollerOptions;
  readonly #sqs: SQSClient;
  readonly #stop = new AbortController();
  /** The last receive. */
  #received: Promise<unknown> = Promise.resolve();
  readonly #lanes: readonly Promise<void>[];

  constructor(options: PollerOptions) {
    this.#given = options;
    const { endpoint, mapping, credentials } = options;
    const [, , , region = ""] = mapping.EventSourceArn.split(":");
    this.#sqs = new SQSClient({ endpoint, region, credentials });
    this.#lanes = Array.from({ length: mapping.MaximumConcurrency }, () =>
      this.#run().catch((error: Error) => {
        // A queue may go before its mapping.
        if (!(error instanceof QueueDoesNotExist)) options.onFailure(error);
      }),
    );
  }

  /** Takes no more, and resolves when what was taken is done. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#lanes);
    this.#sqs.destroy();
  }

  async #run(): Promise<void> {
    const name = this.#given.mapping.EventSourceArn.split(":").at(-1);
    const { QueueUrl } = await this.#sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    while (!this.#stop.signal.aborted) {
      const messages = await this.#take(QueueUrl);
      if (messages.length > 0) await this.#handle(messages, QueueUrl);
    }
  }

  /** A batch: full, or what came until the window had passed. Nothing, where nothing came at all. */
  async #take(QueueUrl: string | undefined): Promise<readonly Message[]> {
    const { BatchSize, MaximumBatchingWindowInSeconds } = this.#given.mapping;
    const until = performance.now() + MaximumBatchingWindowInSeconds * 1_000;
    const taken: Message[] = [];
    do {
      const most = Math.min(MOST_PER_RECEIVE, BatchSize - taken.length);
      taken.push(...(await this.#receive(QueueUrl, most)));
      if (this.#stop.signal.aborted) break;
    } while (taken.length > 0 && taken.length < BatchSize && performance.now() < until);
    return taken;
  }

  /** One at a time: moto locks no queue, and on a busy machine two at once get the same message. */
  #receive(QueueUrl: string | undefined, most: number): Promise<readonly Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: most,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    });
    const received = this.#received.then(async () => {
      if (this.#stop.signal.aborted) return [];
      const { Messages = [] } = await this.#sqs.send(command);
      return Messages;
    });
    this.#received = received.catch(() => undefined); // told to whoever asked
    return received;
  }

  async #handle(messages: readonly Message[], QueueUrl: string | undefined): Promise<void> {
    const { mapping, invoke, onBatch } = this.#given;
    const records = messages.map((message) => toRecord(message, mapping.EventSourceArn));
    const all = records.map(({ messageId }) => messageId);
    const ended = await invoke({ Records: records }).then(
      (answer) => ({ answer, error: undefined }),
      (error: Error) => ({ answer: undefined, error }),
    );
    const partial = mapping.FunctionResponseTypes.includes("ReportBatchItemFailures");
    const kept =
      ended.error !== undefined ? all : partial ? [...keptBy(ended.answer ?? {}, records)] : [];
    const gone = records.filter(({ messageId }) => !kept.includes(messageId));
    for (const { receiptHandle } of gone) {
      await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
    }
    const { error } = ended;
    onBatch({
      messageIds: all,
      deleted: gone.map(({ messageId }) => messageId),
      ...(error === undefined ? {} : { error }),
    });
  }
}
