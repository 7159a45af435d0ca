import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { type QueueBinding, type RetryOptions, retryItems } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { isFifo, readAddress } from "../address.ts";
import { partitionOf } from "../arn.ts";
import type { SqsClients } from "../client.ts";
import type { Entry } from "../queue/message.ts";
import { emulatorOf } from "../signed-http.ts";
import { readSchedulerAddress, type SchedulerAddress } from "./scheduler-address.ts";
import { type ScheduleInput, SchedulerClient, SchedulerFault } from "./scheduler-client.ts";
import { schedulerError } from "./scheduler-errors.ts";

/**
 * "The maximum size of the Input field is 256 KB", whichever KB that is.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html
 */
export const LARGEST_INPUT = 256_000;

/** How far ahead of AWS's clock a schedule is made whose time has passed by it: such a one is refused. */
const AHEAD_MS = 5_000;

/** How many are counted; behind them "at least". Each hundred is a request. */
export const MOST_COUNTED = 1_000;

/** How many are deleted at once. */
const AT_ONCE = 10;

const NAME = /^[0-9A-Za-z_.-]{1,64}$/;

export interface SchedulesOptions {
  /** The logical name. */
  readonly queue: string;
  readonly url: string;
  readonly region: string;
  readonly address: SchedulerAddress;
  readonly client: SchedulerClient;
}

/**
 * The delayed messages of a FIFO queue, since SQS delays none of those by itself: each is a schedule of its own, which
 * sends it when it is due and is deleted then. EventBridge Scheduler sends at least once, within a minute of the time;
 * what it repeats within five minutes SQS knows by its deduplication id.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export class Schedules {
  readonly #given: SchedulesOptions;

  constructor(given: SchedulesOptions) {
    this.#given = given;
  }

  /** Sends it at a time, in milliseconds since the epoch, or up to a minute after it; answers why it will not. */
  async add(entry: Entry, dueAt: number, signal?: AbortSignal): Promise<AlienError | undefined> {
    const { queue } = this.#given;
    const Input = this.#inputOf(entry);
    const size = Buffer.byteLength(Input, "utf8");
    if (size > LARGEST_INPUT) return tooLarge(queue, size);
    const name = nameOf(entry);
    try {
      await this.#create(name, dueAt, Input, signal);
      return undefined;
    } catch (thrown) {
      return schedulerError("send", `delaying a message for queue "${queue}"`, thrown, signal);
    }
  }

  /** How many messages wait, up to MOST_COUNTED. */
  async count(): Promise<number> {
    let counted = 0;
    for await (const names of this.#pages()) {
      counted += names.length;
      if (counted >= MOST_COUNTED) return MOST_COUNTED;
    }
    return counted;
  }

  /**
   * Deletes all of them, and repeats what is refused for a passing reason; answers how many there were. Where one is
   * refused for good no other is begun any more; called again, it takes those that are left.
   */
  async clear(retry: Omit<RetryOptions, "signal">): Promise<number> {
    const names: string[] = [];
    // Deleting while listing would skip some.
    for await (const page of this.#pages(retry)) names.push(...page);
    const left = names.values();
    const failing = new AbortController();
    const { signal } = failing;
    // Of each lane the call and its repetition listen to it: node would warn of a leak.
    setMaxListeners(0, signal);
    let deleted = 0;
    const work = async () => {
      for (const name of left) {
        try {
          await patiently((stop) => this.#delete(name, stop), { ...retry, signal });
          deleted++;
        } catch (thrown) {
          // The first one counts: the others end for it.
          failing.abort(thrown);
        }
        if (signal.aborted) return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (signal.aborted) throw unfinished(signal.reason, deleted, names.length);
    return names.length;
  }

  close(): void {
    this.#given.client.close();
  }

  async #create(name: string, dueAt: number, Input: string, signal?: AbortSignal): Promise<void> {
    const { address, client, region } = this.#given;
    const at = (time: number): ScheduleInput => ({
      ClientToken: tokenOf(name),
      GroupName: address.group,
      ScheduleExpression: `at(${secondOf(time)})`,
      ScheduleExpressionTimezone: "UTC",
      FlexibleTimeWindow: { Mode: "OFF" },
      ActionAfterCompletion: "DELETE",
      Target: {
        // The templated target of SQS carries neither attributes nor a deduplication id.
        Arn: `arn:${partitionOf(region)}:scheduler:::aws-sdk:sqs:sendMessage`,
        RoleArn: address.role,
        Input,
      },
    });
    try {
      await client.create(name, at(dueAt), signal).catch((thrown: unknown) => {
        if (!isPast(thrown, dueAt)) throw thrown;
        return client.create(name, at(thrown.date + AHEAD_MS), signal);
      });
    } catch (thrown) {
      // A send that is repeated, since the answer to it was lost: the name is the message's.
      if (!isThere(thrown)) throw thrown;
    }
  }

  async #delete(name: string, signal: AbortSignal | undefined): Promise<void> {
    const { queue, address, client } = this.#given;
    try {
      await client.delete(address.group, name, signal);
    } catch (thrown) {
      // It became due meanwhile.
      if (nameOfFault(thrown) === "ResourceNotFoundException") return;
      throw schedulerError("operate", `purging queue "${queue}"`, thrown, signal);
    }
  }

  /** What is refused for a passing reason is asked for again where it is said how. */
  async *#pages(retry?: Omit<RetryOptions, "signal">): AsyncGenerator<readonly string[]> {
    const { queue, address, client } = this.#given;
    let after: string | undefined;
    do {
      const ask = () =>
        client.list(address.group, after).catch((thrown: unknown) => {
          throw schedulerError("operate", `listing what is delayed in queue "${queue}"`, thrown);
        });
      const page = await (retry === undefined ? ask() : patiently(ask, retry));
      yield (page.Schedules ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
      after = page.NextToken ?? undefined;
    } while (after !== undefined);
  }

  #inputOf({ content }: Entry): string {
    return JSON.stringify({ QueueUrl: this.#given.url, ...content });
  }
}

/** The schedules of a binding, for the identity that asks SQS; undefined where it names none. Does no I/O. */
export function schedulesOf(binding: QueueBinding, clients: SqsClients): Schedules | undefined {
  const address = readSchedulerAddress(binding);
  const { url, region } = readAddress(binding);
  if (address === undefined || !isFifo(url)) return undefined;
  const { endpoint } = address;
  const client = new SchedulerClient({
    ...emulatorOf(url),
    ...(endpoint === undefined ? {} : { endpoint }),
    region,
    // The very provider of SQS's client, so that a session is asked for once.
    credentials: async () => clients.calls.config.credentials(),
  });
  return new Schedules({ queue: binding.queue, url, region, address, client });
}

/** The answer of a call that throws nothing but AlienErrors, and is repeated where it is refused for a passing reason. */
async function patiently<Value>(
  call: (signal: AbortSignal | undefined) => Promise<Value>,
  retry: RetryOptions,
): Promise<Value> {
  const ask = async (_: readonly unknown[], signal?: AbortSignal) => [
    { ok: true, value: await call(signal) } as const,
  ];
  const [result] = await retryItems([call], ask, retry);
  if (result === undefined) throw new TypeError("one call has one result");
  if (!result.ok) throw result.error;
  return result.value;
}

/** Of a purge that has ended early: what was under way then may be gone as well. */
function unfinished(error: AlienError, deleted: number, delayed: number): AlienError {
  const { code, message, fix = "", retryable, details, cause } = error;
  const text = `${message}; at least ${deleted} of ${delayed} delayed messages are deleted, and nothing else of the queue`;
  return new AlienError(code, text, {
    fix: `${fix} Then purge again: it takes what is left.`,
    retryable,
    details: { ...details, deleted, delayed },
    cause,
  });
}

/** Of a message: SQS knows it by the same, so that what is repeated is one message. */
function nameOf({ content }: Entry): string {
  const { MessageDeduplicationId: id = "" } = content;
  return NAME.test(id) ? id : createHash("sha256").update(id, "utf8").digest("hex");
}

/** As a name, but without dots. */
function tokenOf(name: string): string {
  return name.replaceAll(".", "-");
}

/** "2030-01-01T00:00:10" of a time, rounded up: never early. */
function secondOf(time: number): string {
  return new Date(Math.ceil(time / 1_000) * 1_000).toISOString().slice(0, 19);
}

function isThere(thrown: unknown): boolean {
  const fault = thrown instanceof SchedulerFault ? thrown : undefined;
  return fault?.name === "ConflictException" && /already exists/i.test(fault.message);
}

/** Whether it may be refused since its time has passed by the clock of AWS. */
function isPast(thrown: unknown, dueAt: number): thrown is SchedulerFault {
  const fault = thrown instanceof SchedulerFault ? thrown : undefined;
  return fault?.name === "ValidationException" && dueAt <= fault.date + AHEAD_MS;
}

function nameOfFault(thrown: unknown): string | undefined {
  return thrown instanceof SchedulerFault ? thrown.name : undefined;
}

function tooLarge(queue: string, size: number): AlienError {
  const text = `a delayed message for the FIFO queue "${queue}" is ${size} bytes as a schedule; EventBridge Scheduler accepts ${LARGEST_INPUT}`;
  return new AlienError("MESSAGE_TOO_LARGE", text, {
    fix: "Put the payload in storage and send its key, or send it without a delay.",
    details: { size, limit: LARGEST_INPUT, service: "EventBridge Scheduler" },
  });
}
