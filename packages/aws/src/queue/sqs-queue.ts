import type { QueueBinding, QueueOptions } from "@alienplatform/bindings";
import { isFifo, readAddress } from "../address.ts";
import { SqsClients } from "../client.ts";
import { type Schedules, schedulesOf } from "../schedule/schedules.ts";
import type { Place } from "./message.ts";

/** One queue of SQS as this process reaches it: a declared one, or the one that its dead letters are in. */
export interface SqsQueue {
  /** The logical name of the declared one. */
  readonly name: string;
  readonly options: QueueOptions;
  readonly url: string;
  readonly fifo: boolean;
  /** Where its dead letters go; undefined in the queue that they are in. */
  readonly deadLetterUrl?: string;
  /** Whether all that it has is of one group of SQS. */
  readonly oneGroup?: boolean;
  /** The function of Lambda that is triggered by it. */
  readonly consumer?: string;
  readonly region: string;
  readonly clients: SqsClients;
  /** What delays its messages, where it is FIFO and the binding says by what. */
  readonly schedules?: Schedules;
  /** How long a poll may last, in seconds, where that is less than the longest of SQS. */
  readonly pollSeconds?: number;
}

/** The queue of a binding. Does no I/O. */
export function sqsQueueOf(binding: QueueBinding): SqsQueue {
  const { queue: name, options } = binding;
  const address = readAddress(binding);
  const { url, deadLetterUrl, region, consumer, oneGroup = false } = address;
  const clients = new SqsClients(address);
  const schedules = schedulesOf(binding, clients);
  return {
    name,
    options,
    url,
    fifo: isFifo(url),
    deadLetterUrl,
    oneGroup,
    ...(consumer === undefined ? {} : { consumer }),
    region,
    clients,
    ...(schedules === undefined ? {} : { schedules }),
  };
}

/** What messages need to know of it. */
export function placeOf({ name, fifo, deadLetterUrl, oneGroup = false }: SqsQueue): Place {
  return { queue: name, fifo, dead: deadLetterUrl === undefined, oneGroup };
}

/** The queue that its dead letters are in, over the same connections. */
export function deadLettersOf({ deadLetterUrl, ...queue }: SqsQueue): SqsQueue {
  if (deadLetterUrl === undefined) return queue;
  const { schedules: _, ...others } = queue;
  return { ...others, url: deadLetterUrl };
}
