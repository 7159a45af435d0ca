import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** The state table of a stage, as `binding.address.table` names it. */
export interface TableAddress {
  /** Of a DynamoDB table in the region of the queue. */
  readonly name: string;
  /** Where DynamoDB answers, where that is not the region's own host: an emulator, a VPC endpoint. */
  readonly endpoint?: string;
}

/** The checked address of the table, or its name alone, as deploy writes it; undefined where the binding names none. BINDING_INVALID says what is wrong. */
export function readTableAddress({ queue, address }: QueueBinding): TableAddress | undefined {
  const { table } = address;
  if (table === undefined) return undefined;
  // What is not an object has none of these.
  const { name, endpoint } = (
    typeof table === "string" ? { name: table } : (table ?? {})
  ) as Partial<Record<keyof TableAddress, unknown>>;
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
  if (typeof name !== "string" || !/^[A-Za-z0-9_.-]{3,255}$/.test(name)) {
    throw invalid(queue, 'it names no "name" of a DynamoDB table');
  }
  if (endpoint === undefined) return { name };
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) {
    throw invalid(queue, '"endpoint" is not a URL');
  }
  return { name, endpoint };
}

function invalid(queue: string, what: string): AlienError {
  const text = `the table in the address of queue "${queue}" is wrong: ${what}`;
  return new AlienError("BINDING_INVALID", text, {
    fix: 'Write "table": "<name>" into "address", or { "name", "endpoint" } for an emulator; or deploy again.',
    details: { queue },
  });
}
