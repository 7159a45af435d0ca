import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";

/**
 * The log stream of one instance of a function: lines go there in their order, after each other. After a failure there is
 * no more of it, and `flushed` tells of that.
 */
export class FunctionLog {
  readonly #logs: CloudWatchLogsClient;
  readonly #group: string;
  readonly #stream: string;
  /** Never rejects: a line may come when nobody waits for it any more. */
  #written: Promise<void>;
  #failure: unknown;

  constructor(logs: CloudWatchLogsClient, group: string, stream: string) {
    this.#logs = logs;
    this.#group = group;
    this.#stream = stream;
    this.#written = Promise.resolve();
    this.#then(() => this.#open());
  }

  write(line: string): void {
    const event = { timestamp: Date.now(), message: line };
    this.#then(async () => {
      const [logGroupName, logStreamName] = [this.#group, this.#stream];
      const logEvents = [event];
      await this.#logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    });
  }

  /** Resolves when all is there that was written so far. */
  async flushed(): Promise<void> {
    await this.#written;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #then(write: () => Promise<void>): void {
    this.#written = this.#written
      .then(async () => {
        if (this.#failure === undefined) await write();
      })
      .catch((error: unknown) => {
        this.#failure = error;
      });
  }

  async #open(): Promise<void> {
    const [logGroupName, logStreamName] = [this.#group, this.#stream];
    const group = new CreateLogGroupCommand({ logGroupName });
    await this.#logs.send(group).catch((error: unknown) => {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    });
    await this.#logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  }
}
