import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** Where a deployed queue is. What it is declared as (its groups, its lease) is in the binding's options. */
export interface ServiceBusAddress {
  /** The fully qualified namespace: "contoso.servicebus.windows.net". */
  readonly namespace: string;
  /** The queue's name in it, 1 to 260 characters. */
  readonly queue: string;
  /** The queue that its dead letters are forwarded to. */
  readonly deadQueue: string;
  /** Kilobytes of the largest message, where the namespace is Premium; Standard takes 256. */
  readonly maxMessageKilobytes?: number;
  /** The environment variable that holds a connection string; without it DefaultAzureCredential is asked. */
  readonly connectionStringFrom?: string;
  /** The id of the function app that it triggers, where deploying made one: a pause is one of its settings. */
  readonly consumer?: string;
  /** "127.0.0.1:5672" of an emulator, which is reached over plain TCP and wants no credentials. */
  readonly emulator?: string;
}

/** The address of a binding, checked. Throws BINDING_INVALID, which names the field. */
export function readAddress({ queue: name, address }: QueueBinding): ServiceBusAddress {
  const text = (field: string): string | undefined => {
    const value = address[field];
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    throw invalid(name, field, "is not text");
  };
  const required = (field: string): string => {
    const value = text(field);
    if (value === undefined) throw invalid(name, field, "is missing");
    return value;
  };
  const { maxMessageKilobytes } = address;
  if (maxMessageKilobytes !== undefined && !isKilobytes(maxMessageKilobytes)) {
    throw invalid(name, "maxMessageKilobytes", "is not a number of 1 to 102400");
  }
  const connectionStringFrom = text("connectionStringFrom");
  const consumer = text("consumer");
  const namespace = required("namespace");
  const emulator = text("emulator") ?? (isOnThisMachine(namespace) ? namespace : undefined);
  return {
    namespace,
    queue: required("queue"),
    deadQueue: required("deadQueue"),
    ...(maxMessageKilobytes === undefined ? {} : { maxMessageKilobytes }),
    ...(connectionStringFrom === undefined ? {} : { connectionStringFrom }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(emulator === undefined ? {} : { emulator }),
  };
}

/** "127.0.0.1:5672", which no namespace of Azure's is called: deploying to an emulator writes it. */
function isOnThisMachine(namespace: string): boolean {
  return /^(127\.0\.0\.1|localhost):\d+$/.test(namespace);
}

function isKilobytes(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 102_400;
}

function invalid(queue: string, field: string, problem: string): AlienError {
  return new AlienError(
    "BINDING_INVALID",
    `the binding of queue "${queue}" has an address whose ${field} ${problem}`,
    {
      fix: 'Write "address": { "namespace", "queue", "deadQueue" }, with "emulator" for one; or deploy again.',
    },
  );
}
