import type { QueueOptions } from "@alienplatform/bindings";
import type { QueueWorld, WorldClock } from "@alienplatform/bindings/conformance";

type Environment = Readonly<Record<string, string | undefined>>;

/** A vendor that tests can run against for real. */
export interface Vendor {
  /** As the report names it. */
  readonly name: string;
  /** The variable that is not set and has to be; undefined where nothing is missing. */
  missing(environment: Environment): string | undefined;
  /** Does no I/O. The names of all that is made begin with the prefix. */
  open(environment: Environment, prefix: string): Account;
  /** What the service does differently, by the name of the case. */
  readonly except?: Readonly<Record<string, string>>;
}

/** Somebody's account: it costs money, and what tests make in it they remove. */
export interface Account {
  /** Queues for one case. */
  world(options: QueueOptions, clock: WorldClock): Promise<QueueWorld>;
  /** A queue with its dead letters', as deploy would make it. */
  make(options: QueueOptions): Promise<MadeQueue>;
  /** Of all that is in the account and begins so. */
  names(prefix: string): Promise<readonly string[]>;
  /** What has such a name; nothing where it is gone. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface MadeQueue {
  readonly platform: string;
  /** For its binding. */
  readonly address: Readonly<Record<string, unknown>>;
}

/** The first of the variables that is not set. */
export function unset(environment: Environment, ...names: readonly string[]): string | undefined {
  return names.find((name) => !environment[name]);
}

/** A variable that `missing` has looked for. */
export function read(environment: Environment, name: string): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(`${name} is not set`);
}
