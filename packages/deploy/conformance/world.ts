import type { Clock } from "@alienplatform/core";
import type { Cloud, Json, Part, Place } from "../src/index.ts";
import type { CallFaults } from "./call-faults.ts";

/** A vendor that a case has for itself. */
export interface ControllerWorld {
  /** Signed in, for a place that no other world has. */
  readonly cloud: Cloud;
  /** The one by which controllers wait; its time passes by itself. */
  readonly clock: Clock;
  /** Around every call to the vendor. */
  readonly faults: CallFaults;
  /** The folder that `artifacts` are relative to, where parts upload files. */
  readonly directory?: string;
  /** Paths by SHA-256, in hex. */
  readonly artifacts?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** What the suite does with one type of part. */
export interface ControllerCase {
  /** The type, and what is special about this one: "sqs-queue, FIFO". */
  readonly name: string;
  /** Those that it needs, and itself at the end. */
  parts(place: Place): readonly Part[];
  /**
   * Other values, one entry per setting that the vendor can change in place: fields of the config by name, undefined to
   * take one away.
   */
  readonly settings: Readonly<Record<string, Patch>>;
  /** The same for what makes it another thing under the same name. */
  readonly replacing?: Readonly<Record<string, Patch>>;
  /** Why `owned` does not list it: "a permission bears no tags". */
  readonly unlisted?: string;
  /** Puts something in that would be lost with it. */
  fill?(world: ControllerWorld, part: Part): Promise<void>;
}

/** Fields of a config, by name. */
export type Patch = Readonly<Record<string, Json | undefined>>;

/** A fresh one each time. */
export type OpenControllerWorld = () => Promise<ControllerWorld>;
