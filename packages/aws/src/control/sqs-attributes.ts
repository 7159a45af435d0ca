import { isUnknown, type Json, type Settings } from "@alienplatform/deploy";
import type { SqsQueueConfig } from "../part-configs.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const NUMBERS = {
  visibilityTimeout: "VisibilityTimeout",
  messageRetentionPeriod: "MessageRetentionPeriod",
  receiveMessageWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  maximumMessageSize: "MaximumMessageSize",
  delaySeconds: "DelaySeconds",
};

/** SQS has them on FIFO queues alone, and says "false" of none. */
const TEXTS = {
  deduplicationScope: "DeduplicationScope",
  fifoThroughputLimit: "FifoThroughputLimit",
};

type Attributes = Readonly<Record<string, string>>;

/** The settings that are wanted, as `settingsOf` would find them. */
export function wantedSettings({ redriveAllowPolicy, ...rest }: SqsQueueConfig): Settings {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    // What SQS does where it has no policy at all.
    ...(redriveAllowPolicy === undefined || redriveAllowPolicy.redrivePermission === "allowAll"
      ? {}
      : {
          redriveAllowPolicy: isUnknown(redriveAllowPolicy)
            ? redriveAllowPolicy
            : sorted(redriveAllowPolicy),
        }),
  };
}

/** The settings of a queue, from the attributes that SQS tells of it. */
export function settingsOf(attributes: Attributes): Settings {
  return {
    fifoQueue: attributes.FifoQueue === "true",
    sqsManagedSseEnabled: attributes.SqsManagedSseEnabled === "true",
    ...pick(NUMBERS, attributes, Number),
    ...pick(TEXTS, attributes, String),
    ...redriveOf(attributes.RedrivePolicy),
    ...redriveAllowOf(attributes.RedriveAllowPolicy),
  };
}

/** The attributes to send for some settings; one that is not wanted is taken away by an empty text. */
export function attributesOf(settings: Settings, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => attributeOf(name, settings[name])));
}

/** What would be lost with a queue. The counts are approximate. */
export function holdsOf(attributes: Attributes): string | undefined {
  const count = [
    attributes.ApproximateNumberOfMessages,
    attributes.ApproximateNumberOfMessagesDelayed,
    attributes.ApproximateNumberOfMessagesNotVisible,
  ].reduce((sum, each) => sum + Number(each ?? 0), 0);
  if (count === 0) return undefined;
  return count === 1 ? "about 1 message" : `about ${count.toLocaleString("en-US")} messages`;
}

function attributeOf(name: string, value: Json | undefined): [string, string][] {
  const attribute = name.charAt(0).toUpperCase() + name.slice(1);
  // A standard queue must not be told that it is none.
  if (name === "fifoQueue") return value === true ? [[attribute, "true"]] : [];
  if (value === undefined) return [[attribute, ""]];
  const entry: [string, string] = [
    attribute,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ];
  // One kind of encryption at a time: a key that somebody set goes.
  if (name === "sqsManagedSseEnabled" && value === true) return [["KmsMasterKeyId", ""], entry];
  return [entry];
}

function pick(
  names: Readonly<Record<string, string>>,
  attributes: Attributes,
  read: (text: string) => Json,
): Settings {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, attribute]) => {
      const text = attributes[attribute];
      return text === undefined ? [] : [[name, read(text)]];
    }),
  );
}

function redriveOf(text: string | undefined): Settings {
  if (text === undefined || text === "") return {};
  // As SQS documents it; whoever set it may have written the number as a text.
  const policy = JSON.parse(text) as { deadLetterTargetArn: string; maxReceiveCount: unknown };
  const { deadLetterTargetArn } = policy;
  return {
    redrivePolicy: { deadLetterTargetArn, maxReceiveCount: Number(policy.maxReceiveCount) },
  };
}

function redriveAllowOf(text: string | undefined): Settings {
  if (text === undefined || text === "") return {};
  // As SQS documents it.
  const policy = JSON.parse(text) as { redrivePermission: string; sourceQueueArns?: string[] };
  return policy.redrivePermission === "allowAll" ? {} : { redriveAllowPolicy: sorted(policy) };
}

/** Their order says nothing. */
function sorted(policy: {
  readonly redrivePermission: string;
  readonly sourceQueueArns?: readonly string[];
}): Json {
  const { redrivePermission, sourceQueueArns } = policy;
  if (sourceQueueArns === undefined) return { redrivePermission };
  return { redrivePermission, sourceQueueArns: [...sourceQueueArns].sort() };
}
