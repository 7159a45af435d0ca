import type { AlienError, Right, StackData } from "@alienplatform/core";
import type { Controller, Owner } from "./controller.ts";
import type { FunctionTarget } from "./function-target.ts";
import type { Json } from "./part/json.ts";
import type { Lowered } from "./part/part.ts";
import type { StageOperator } from "./stage-operator.ts";

/** What a platform's "./deploy" exports as `platform`. */
export interface DeployPlatform {
  /** As bindings name it. */
  readonly platform: string;
  /** What its functions' bundles are made for. */
  readonly target: FunctionTarget;
  /** Says where to deploy, and asks the vendor who is asking: an account that cannot be used fails here, before anything. */
  connect(options: ConnectOptions): Promise<Cloud>;
  /** The queues of a function by what the vendor's events call them. Pure. */
  sources(stack: StackData, place: Place, functionId: string): Readonly<Record<string, string>>;
  /**
   * What a stack becomes. Pure. Throws one error that names all that the platform cannot do, each with the nearest
   * alternative.
   */
  lower(stack: StackData, place: Place, code: FunctionCode): Lowered;
  /**
   * What a process of one's own has to be allowed for these rights on the queues of these bindings, as the vendor writes
   * it. Pure.
   */
  accessPolicy?(
    place: Place,
    bindings: Readonly<Record<string, Json>>,
    rights: readonly Right[],
  ): Json;
  /** Writers of the same parts in the languages of other tools, by the format's name: "terraform". */
  readonly exporters?: Readonly<Record<string, Exporter>>;
}

/**
 * Writes what a stack becomes as one file or several. Pure. Code stands beside it, as `code/<sha256>.zip`, or unpacked where
 * the tool wants it so.
 */
export type Exporter = (stack: StackData, place: Place, code: FunctionCode) => ExportedFile;

export interface ExportedFile {
  /** "main.tf.json" */
  readonly name: string;
  readonly text: string;
  /** Files beside it, by their paths from it. */
  readonly more?: Readonly<Record<string, string>>;
  /** Folders that code goes into as it is, for tools that read no zip files: by the SHA-256 of the zip. */
  readonly unpacked?: readonly { readonly sha256: string; readonly folder: string }[];
  /** What to do with it, in steps. */
  readonly next: readonly string[];
}

/** Where one stage of a stack is: everything that names depend on. Plain data, kept in plan and state. */
export interface Place {
  readonly platform: string;
  readonly stack: string;
  /** One copy of the stack among others: "dev", "pr-123". */
  readonly stage: string;
  /** What the platform alone reads: an account, a region, a project. Other values are another place. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The bundles of the functions and endpoints, by their ids. */
export type FunctionCode = Readonly<Record<string, Artifact>>;

/** A file that a controller uploads. */
export interface Artifact {
  /** Of the file, in hex: the same code has the same one. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface ConnectOptions {
  readonly stack: string;
  readonly stage: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where, if the environment is not to say it. */
  readonly region?: string;
  /** When it aborts, nobody waits for the vendor's answer any more. */
  readonly signal?: AbortSignal;
}

/** A vendor's account with a client for each of its APIs. */
export interface Cloud {
  readonly place: Place;
  /** By the type of part. */
  readonly controllers: Readonly<Record<string, Controller>>;
  /** Calls at once, by API; default 10. */
  readonly limits: Readonly<Record<string, number>>;
  /** What a controller threw, translated once; says which action on which resource it was. */
  translate(thrown: unknown, doing: string): AlienError;
  /** All that carries this stage's mark, by the vendor's ids, also what the state does not know. */
  owned(owner: Omit<Owner, "part">, signal: AbortSignal): Promise<readonly string[]>;
  /** Connects at first use. */
  readonly operator: StageOperator;
  close(): Promise<void>;
}
