import type { Resource, StackData } from "@alienplatform/core";
import type { Report } from "./report-once.ts";

/** The JSON Schema of what may be sent, or true where the schema's library cannot tell. */
export type QueueSchema = Readonly<Record<string, unknown>> | true;

/** A payload to be checked by the schema of a queue, which is code. */
export interface PayloadCheck {
  readonly queue: string;
  readonly payload: unknown;
}

/** As Standard Schema has it, but plain data. */
export interface PayloadIssue {
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

/** What the process that evaluates alien.ts answers. */
export interface Evaluated {
  /** What the default export is. */
  readonly exported: StackData | "nothing" | "builder" | "other";
  /** Everything that was built. */
  readonly resources: readonly Resource[];
  /** The names of the stacks that were built. */
  readonly stacks: readonly string[];
  readonly schemas: Readonly<Record<string, QueueSchema>>;
  /** What the queue's schema has against the payload that was to be checked. */
  readonly issues?: readonly PayloadIssue[];
}

/** What it reports: JSON, once. */
export type Evaluation = Report<Evaluated>;
