import {
  attemptOf,
  type Delivery,
  type Headers,
  type Outgoing,
  packEnvelope,
  readEnvelope,
} from "@alienplatform/bindings";
import type { Message, SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";
import { LARGEST_BYTES } from "../capabilities.ts";
import { carriedBody, escapeForeign, givenBody } from "./body.ts";
import { type CarriedGroup, carriedGroup, givenGroup, groupText } from "./group-id.ts";

/** What travels beside a body, packed, and the group where SQS cannot carry it. */
const ENVELOPE = "alien";
const GROUP = "alien.group";
/** What SQS knows all messages by where they are lent one batch at a time. */
const ONE_GROUP = "alien-one-at-a-time";

/** What every receive asks for. */
export const RECEIVED_ATTRIBUTES = [ENVELOPE, GROUP];
export const RECEIVED_SYSTEM_ATTRIBUTES = [
  "ApproximateReceiveCount",
  "SentTimestamp",
  "MessageGroupId",
] as const;

/** The queue that a message is sent to, or comes from. */
export interface Place {
  /** The logical name of the declared one. */
  readonly queue: string;
  readonly fifo: boolean;
  /** Whether it is the one that the declared one's dead letters are in. */
  readonly dead: boolean;
  /** Whether it is lent to one receiver at a time: then all is one group to SQS, and each message carries its own. */
  readonly oneGroup?: boolean;
}

/** An entry of a batch without its place in it, and how SQS counts it. */
export interface Entry {
  readonly content: Omit<SendMessageBatchRequestEntry, "Id">;
  readonly bytes: number;
}

/** What one message becomes on its way to a queue. */
export function toEntry(message: Outgoing, place: Place): Entry {
  const { id, copy, delayMs = 0 } = message;
  const { body, encoding } = carriedBody(message.body, message.headers.kind);
  const carried = groupAt(place, message);
  const room = LARGEST_BYTES - utf8Size(body) - attributeSize(GROUP, carried?.attribute);
  const envelope = envelopeOf(message, encoding, room);
  return {
    content: {
      MessageBody: body,
      MessageAttributes: {
        ...(envelope === undefined ? {} : { [ENVELOPE]: text(envelope) }),
        ...(carried?.attribute === undefined ? {} : { [GROUP]: text(carried.attribute) }),
      },
      ...(carried === undefined
        ? {}
        : {
            MessageGroupId: carried.id,
            MessageDeduplicationId: copy === undefined ? id : `${id}-${copy}`,
          }),
      ...(delayMs > 0 ? { DelaySeconds: Math.ceil(delayMs / 1_000) } : {}),
    },
    bytes: LARGEST_BYTES - room + attributeSize(ENVELOPE, envelope),
  };
}

/** What SQS counts of a message: body, and names, types and values of attributes. */
export function sizeOf(message: Outgoing, place: Place): number {
  return toEntry(message, place).bytes;
}

/** The same without what it tells of a death: for that there is room of its own. */
export function sizeAlive(message: Outgoing, place: Place): number {
  const { dead: _, ...headers } = message.headers;
  return sizeOf({ ...message, headers }, place);
}

/** A delivery, and when SQS handed it out: it lends each for 12 hours from then, in all. */
export interface SqsDelivery extends Delivery {
  readonly receivedAt?: number;
}

/** A received message as a delivery; an entry makes the `Message` of its event. */
export function toDelivery(
  message: Message,
  { queue, fifo, dead }: Place,
  times: Pick<SqsDelivery, "receivedAt" | "leaseUntil"> = {},
): SqsDelivery {
  const { MessageId = "", ReceiptHandle = "", Body = "", Attributes = {} } = message;
  const { envelope, undecodable } = readEnvelope(attribute(message, ENVELOPE), {
    id: MessageId,
    sentAt: Number(Attributes.SentTimestamp ?? 0),
  });
  const group = fifo ? Attributes.MessageGroupId : undefined;
  const ownGroup = attribute(message, GROUP);
  return {
    id: envelope.id,
    receipt: ReceiptHandle,
    body: givenBody(Body, envelope.encoding),
    headers: dead ? envelope.headers : aliveAgain(envelope.headers, queue),
    attempt: attemptOf(envelope, Number(Attributes.ApproximateReceiveCount ?? 1)),
    sentAt: envelope.sentAt,
    ...times,
    ...(group === undefined ? {} : { group: givenGroup({ id: group, attribute: ownGroup }) }),
    ...(undecodable === undefined ? {} : { undecodable }),
  };
}

/**
 * The group at a place; undefined where there are none. A FIFO queue lends no more of a group while some of it is on
 * loan, and whoever looks at dead letters takes them on loan: there each is a group of its own, to be seen beside
 * the others.
 */
function groupAt(
  { fifo, dead, oneGroup }: Place,
  { id, group }: Outgoing,
): CarriedGroup | undefined {
  if (!fifo) return undefined;
  if (!dead && oneGroup === true && group !== undefined) {
    return { id: ONE_GROUP, attribute: groupText(group) };
  }
  if (!dead) return group === undefined ? undefined : carriedGroup(group);
  return group === undefined ? { id } : { id, attribute: groupText(group) };
}

/**
 * A message that died in this queue and is in it again: AWS itself moved it, as the console's redrive does, under a
 * new MessageId and with a receive count from 0. It is alive, with a fresh budget.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
function aliveAgain(headers: Headers, queue: string): Headers {
  if (headers.dead?.source !== queue) return headers;
  const { dead: _, ...alive } = headers;
  return alive;
}

/**
 * The envelope of a message for which there is so much room. What a death tells is cut to it, and left out at last: it
 * must not keep a letter back. Only what a foreign producer made as large as SQS takes has no room for any.
 */
function envelopeOf(message: Outgoing, encoding: "base64" | undefined, room: number) {
  const { dead, ...alive } = message.headers;
  const pack = (headers: Headers) => packed(message, encoding, headers);
  const fits = (envelope: string) => attributeSize(ENVELOPE, envelope) <= room;
  const whole = pack(message.headers);
  if (dead === undefined || fits(whole)) return whole;
  const { code, message: reason } = dead.error;
  const telling = (text: string) =>
    pack({ ...alive, dead: { ...dead, error: { code: code.slice(0, 50), message: text } } });
  const spare = room - attributeSize(ENVELOPE, telling(""));
  // In JSON a character takes at most six bytes; the last one says that there was more.
  const length = Math.max(0, Math.floor(spare / 6) - 1);
  return [telling(`${reason.slice(0, length)}…`), telling(""), pack(alive)].find(fits);
}

function packed(message: Outgoing, encoding: "base64" | undefined, headers: Headers): string {
  const { id, sentAt, attempt } = message;
  return escapeForeign(packEnvelope({ id, sentAt, attempt, encoding, headers }));
}

function attribute({ MessageAttributes }: Message, name: string): string | undefined {
  return MessageAttributes?.[name]?.StringValue;
}

function text(value: string): { DataType: "String"; StringValue: string } {
  return { DataType: "String", StringValue: value };
}

function attributeSize(name: string, value: string | undefined): number {
  return value === undefined ? 0 : utf8Size(name) + "String".length + utf8Size(value);
}

function utf8Size(value: string): number {
  return Buffer.byteLength(value, "utf8");
}
