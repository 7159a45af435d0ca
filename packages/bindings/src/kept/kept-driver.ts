import type { Clock } from "../clock.ts";
import type { QueueOptions } from "../queue/binding.ts";
import type {
  AroundPushed,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
} from "../queue/driver.ts";
import type { StateTable } from "../table/state-table.ts";
import { IdempotencyKeys } from "./idempotency-keys.ts";
import { type JobRecords, jobRecordsOf } from "./job-records.ts";
import { keptCapabilities } from "./kept-capabilities.ts";
import { KeptDeliveries } from "./kept-deliveries.ts";
import { keptPush } from "./kept-push.ts";
import { KeptReceiver } from "./kept-receiver.ts";
import { KeptRuns } from "./kept-runs.ts";
import { KeyPlaces } from "./key-places.ts";
import { isKeyed, sendKeyed } from "./keyed-sends.ts";
import { PatientTable } from "./patient-table.ts";
import { PutOffs } from "./put-offs.ts";
import { sendRecorded } from "./recorded-sends.ts";

export interface KeptOptions {
  /** The queue's name. */
  readonly queue: string;
  readonly options: QueueOptions;
  readonly clock: Clock;
  /** 0 <= n < 1; Math.random unless told otherwise. */
  readonly random?: () => number;
}

/**
 * A service's driver with what a table beside its queues adds; what uses none of that asks the table nothing. The driver
 * as it is where there is no table.
 */
export function keptDriver(
  driver: QueueDriver,
  table: StateTable | undefined,
  given: KeptOptions,
): QueueDriver {
  return table === undefined ? driver : new KeptDriver(driver, table, given);
}

class KeptDriver implements QueueDriver {
  readonly capabilities: QueueCapabilities;
  readonly aroundPushed: AroundPushed;
  readonly #driver: QueueDriver;
  readonly #table: StateTable;
  readonly #given: Required<KeptOptions>;
  readonly #keys: IdempotencyKeys;
  /** Undefined where the queue keeps no records. */
  readonly #records: JobRecords | undefined;
  readonly #deliveries: KeptDeliveries;

  constructor(driver: QueueDriver, table: StateTable, options: KeptOptions) {
    const given = { random: Math.random, ...options };
    const { queue, clock, random } = given;
    const { idempotency, leaseMs, retentionMs } = given.options;
    const { conflict } = idempotency;
    const patient = new PatientTable(table, clock, random);
    this.capabilities = keptCapabilities(driver.capabilities);
    this.#driver = driver;
    this.#table = table;
    this.#given = given;
    this.#keys = new IdempotencyKeys({ table: patient, queue, conflict, clock });
    this.#records = jobRecordsOf(patient, driver.capabilities, given);
    this.#deliveries = new KeptDeliveries({
      runs: keptRunsOf(patient, driver.capabilities, given),
      places: new KeyPlaces(patient, queue, clock),
      putOffs: new PutOffs({ driver, table: patient, queue, retentionMs, clock, random }),
      clock,
    });
    this.aroundPushed = keptPush(this.#deliveries, { clock, leaseMs });
  }

  sizeOf(message: Outgoing): number {
    return this.#driver.sizeOf(this.#carried(message));
  }

  async send(messages: readonly Outgoing[], signal?: AbortSignal): Promise<readonly SendResult[]> {
    const send = (some: readonly Outgoing[], stop?: AbortSignal) => this.#send(some, stop);
    if (!messages.some(isKeyed)) return send(messages, signal);
    return sendKeyed(messages, this.#keys, send, signal);
  }

  async open(options: ReceiveOptions): Promise<Receiver> {
    const { clock, random } = this.#given;
    const receiver = await this.#driver.open(options);
    const { leaseMs } = options;
    return new KeptReceiver({ receiver, deliveries: this.#deliveries, leaseMs, clock, random });
  }

  async close(): Promise<void> {
    await Promise.all([this.#driver.close(), this.#table.close()]);
  }

  async #send(messages: readonly Outgoing[], signal?: AbortSignal) {
    const carried = messages.map((one) => this.#carried(one));
    if (this.#records === undefined) return this.#driver.send(carried, signal);
    return sendRecorded(messages, this.#records, this.#given.clock, (wanted) =>
      this.#driver.send(
        carried.filter((_, index) => wanted[index] === true),
        signal,
      ),
    );
  }

  /** What the service does not know travels in the headers. */
  #carried(message: Outgoing): Outgoing {
    const { concurrency, delayMs = 0, sentAt, headers } = message;
    const { delayMaxMs } = this.#driver.capabilities;
    const far = delayMs > delayMaxMs;
    if (concurrency === undefined && !far) return message;
    return {
      ...message,
      headers: {
        ...headers,
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(far ? { dueAt: sentAt + delayMs } : {}),
      },
      ...(far ? { delayMs: delayMaxMs } : {}),
    };
  }
}

function keptRunsOf(
  table: StateTable,
  capabilities: QueueCapabilities,
  given: Required<KeptOptions>,
): KeptRuns | undefined {
  const { options, clock, random } = given;
  const { deadLetters } = options;
  const records = jobRecordsOf(table, capabilities, given);
  if (records === undefined) return undefined;
  const forwarded =
    deadLetters === undefined
      ? undefined
      : jobRecordsOf(table, capabilities, { ...given, queue: deadLetters });
  return new KeptRuns({ records, forwarded, options, clock, random });
}
