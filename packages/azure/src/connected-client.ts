import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";

/**
 * A client of the SDK with its one connection, until that is cut. The SDK (7.9.5) tells neither who sends nor who
 * settles of a cut: they wait for their answers until their time is over, a minute for most, and where a link was
 * being opened the next connection waits as long. So what waits fails at once, and a new client takes over.
 */
export class ConnectedClient {
  readonly client: ServiceBusClient;
  /** By their queues' names. */
  readonly #unlinked = new Map<string, ServiceBusReceiver>();
  readonly #waiting = new Set<(error: Error) => void>();
  #cut = false;

  constructor(client: ServiceBusClient, onCut: () => void) {
    this.client = client;
    const connection = connectionOf(client);
    if (connection === undefined) return;
    closeQuietly(connection);
    connection.on("disconnected", () => {
      if (this.#cut) return;
      this.#cut = true;
      onCut();
      for (const fail of this.#waiting) fail(new ConnectionCutError());
    });
  }

  get isCut(): boolean {
    return this.#cut;
  }

  /** What the SDK answers; rejects where the connection is cut before, or so many milliseconds are over. */
  answer<Answer>(ask: () => Promise<Answer>, withinMs?: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#cut) throw new ConnectionCutError();
      const asked = ask();
      const late = () => reject(new UnansweredError());
      const timer = withinMs === undefined ? undefined : setTimeout(late, withinMs).unref();
      const over = () => {
        this.#waiting.delete(reject);
        clearTimeout(timer);
      };
      this.#waiting.add(reject);
      // Not finally(): that is two promises more for each outcome of each message.
      asked.then(
        (answer) => {
          over();
          resolve(answer);
        },
        (error) => {
          over();
          reject(error);
        },
      );
    });
  }

  /**
   * What comes first, until `ending` aborts. Where it fails it is ended too: the SDK would go on to drain a link that
   * is gone, close it once more, and let that failure go unheard, which ends the process.
   */
  async receive(
    receiver: Pick<ServiceBusReceiver, "receiveMessages">,
    max: number,
    maxWaitTimeInMs: number,
    ending: AbortController = new AbortController(),
  ): Promise<readonly ServiceBusReceivedMessage[]> {
    const options = { maxWaitTimeInMs, abortSignal: ending.signal };
    try {
      return await this.answer(() => receiver.receiveMessages(max, options));
    } catch (error) {
      ending.abort();
      throw error;
    }
  }

  /** One that opens no link: it peeks, renews, and settles what came on others. */
  unlinked(path: string): ServiceBusReceiver {
    const known = this.#unlinked.get(path);
    if (known !== undefined) return known;
    const made = this.client.createReceiver(path, RECEIVING);
    this.#unlinked.set(path, made);
    return made;
  }

  /** A link that receives one call at a time; it is opened at the first. */
  link(path: string): ServiceBusReceiver {
    return answeringSoon(
      this.client.createReceiver(path, { ...RECEIVING, receiveMode: "peekLock" }),
    );
  }

  /** Ends all that is open. The SDK's own end never comes where the connection is cut meanwhile. */
  async close(): Promise<void> {
    const closing = this.client.close();
    await this.answer(() => closing).catch((error: unknown) => {
      if (!this.#cut) throw error;
      closing.catch(() => undefined); // what was open went with the connection
    });
  }
}

const RECEIVING = {
  // Below 2 s of a lock the SDK's own renewal asks without a pause; ours goes by the lease.
  maxAutoLockRenewalDurationInMs: 0,
  skipParsingBodyAsJson: true,
} as const;

class ConnectionCutError extends Error {
  override readonly name = "ConnectionCutError";
  override readonly message = "the connection to Service Bus was cut";
}

class UnansweredError extends Error {
  override readonly name = "UnansweredError";
  override readonly message = "Service Bus gave no answer in time";
}

/**
 * How long a call that a first message has come for waits for the others, milliseconds. The SDK (7.9.5) waits a second,
 * or all that is left of the call's time, whenever there is less than was asked for; and nobody has the first meanwhile.
 */
const COMPANY_MS = 50;

/** What the SDK receives a batch by, which its types do not show. */
interface BatchReceiver {
  receive(max: number, waitMs: number, companyMs: number, options: unknown): Promise<unknown>;
}

/** Hands out what has come within COMPANY_MS; as the SDK has it where another release makes its batches elsewhere. */
function answeringSoon(receiver: ServiceBusReceiver): ServiceBusReceiver {
  const inside = receiver as unknown as {
    _createBatchingReceiver?: (...given: readonly unknown[]) => BatchReceiver;
  }; // see above
  const create = inside._createBatchingReceiver?.bind(receiver);
  if (create === undefined) return receiver;
  inside._createBatchingReceiver = (...given) => {
    const batches = create(...given);
    const receive = batches.receive.bind(batches);
    batches.receive = (max, waitMs, _, options) => receive(max, waitMs, COMPANY_MS, options);
    return batches;
  };
  return receiver;
}

interface ClosingLink {
  close(...given: readonly unknown[]): Promise<void>;
}

/** The connection below a client, which the SDK's types do not show. */
interface Connection {
  on(event: "disconnected", run: () => void): void;
  createReceiver(...given: readonly unknown[]): Promise<ClosingLink>;
}

/** Undefined where another release of the SDK has it elsewhere: what is cut is noticed late then. */
function connectionOf(client: ServiceBusClient): Connection | undefined {
  const inside = client as unknown as {
    readonly _connectionContext?: { readonly connection?: Connection };
  }; // see above
  return inside._connectionContext?.connection;
}

/**
 * Closes of links of this connection never fail. Where Service Bus is slow to say that there is nothing more to
 * receive, the SDK closes a link so that nobody hears of a failure, and an outage of a minute would end the process:
 * https://github.com/Azure/azure-sdk-for-js/issues/39348
 */
function closeQuietly(connection: Connection): void {
  const create = connection.createReceiver.bind(connection);
  connection.createReceiver = async (...given) => {
    const link = await create(...given);
    const close = link.close.bind(link);
    link.close = (...how) => close(...how).catch(() => undefined); // it goes with its connection
    return link;
  };
}
