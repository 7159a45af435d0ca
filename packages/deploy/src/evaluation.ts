import type { Resource, StackData } from "@alienplatform/core";

/** The JSON Schema of what may be sent, or true where the schema's library cannot tell. */
export type QueueSchema = Readonly<Record<string, unknown>> | true;

/** What the process that evaluates alien.ts reports: JSON, once. */
export type Evaluation =
  | {
      readonly ok: true;
      /** What the default export is. */
      readonly exported: StackData | "nothing" | "builder" | "other";
      /** Everything that was built. */
      readonly resources: readonly Resource[];
      /** The names of the stacks that were built. */
      readonly stacks: readonly string[];
      readonly schemas: Readonly<Record<string, QueueSchema>>;
    }
  | { readonly ok: false; readonly error: ThrownError };

/** An error as it crosses the process border. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** An ErrorCode of ours, or one of node's. */
  readonly code?: string;
  readonly fix?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
