import type { Clock } from "@alienplatform/core";
import type { Json } from "./part/json.ts";

/** Makes one kind of part. Every method may be repeated after a crash, and none repeats a vendor's call by itself. */
export interface Controller<Config = Json, Remote extends RemotePart = RemotePart> {
  /** The vendor's API that it calls, by which calls at once are limited: "lambda". */
  readonly api: string;
  /**
   * What is there under the part's name, or under the id that was remembered; undefined only where the vendor says that it
   * is gone. Before apply the config may hold unknowns (`isUnknown`): what only they would tell apart is not there.
   */
  read(context: PartContext<Config>): Promise<Remote | undefined>;
  /**
   * Pure, and the only place that decides what differs: the plan prints it and `update` gets it. Settings that operators
   * own (a pause) are no difference. Compares with `changed`, which accepts what is not known before apply.
   */
  diff(config: Config, remote: Remote): readonly Change[];
  /**
   * Makes it where `read` found nothing, in as few calls as may be: what can be set later, `update` sets. Has to mark it
   * with the owner in the call that makes it. Answers what `read` would.
   */
  create(context: PartContext<Config>, config: Config): Promise<Remote>;
  /**
   * Carries out the changes, none of which replaces; `diff` then finds none. One with the path "owner" is the engine's
   * own: the part lacks the marks of `context.owner` and has to get them. Answers what `read` would then.
   */
  update(
    context: PartContext<Config>,
    config: Config,
    remote: Remote,
    changes: readonly Change[],
  ): Promise<Remote>;
  /** Removes it. What is gone already is a success; what is forbidden is not. Waits until the vendor has done it. */
  delete(context: PartContext<Config>, remote: Remote): Promise<void>;
}

/** What a vendor has under a part's name: plain data, kept in the state, so never a secret. */
export interface RemotePart {
  /** How the vendor names it: an ARN, a URL, a UUID. */
  readonly id: string;
  /**
   * What its marks say of who made it; undefined where nobody marked it. What cannot bear marks says whose the thing is
   * that it belongs to.
   */
  readonly owner?: Owner;
  /** What other parts and bindings may refer to. An update never changes one: what another value would break is replaced. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What would be lost with it, in words: "about 12 messages". Undefined where nothing would. */
  readonly holds?: string;
  /**
   * What it holds is about what other parts of the stage hold, and nothing without them: nobody is asked for it where it
   * goes with them, and everybody where another one takes its place.
   */
  readonly isAside?: true;
}

/** Whose a part is. Vendors carry it in tags. */
export interface Owner {
  readonly stack: string;
  readonly stage: string;
  /** The part's id. */
  readonly part: string;
}

/** One setting that is not as it should be. */
export interface Change {
  /** The setting, as the plan prints it: "visibilityTimeout", "environment.NAME". */
  readonly path: string;
  /** Undefined where it is not set. */
  readonly from?: Json;
  /** Undefined where it is to be taken away; Unknown where only apply will tell. */
  readonly to?: Json;
  /** Why the vendor cannot change it in place, so that the part is replaced. */
  readonly replaces?: string;
}

/** What a controller's method gets to know. */
export interface PartContext<Config = Json> {
  readonly owner: Owner;
  /** The physical name. */
  readonly name: string;
  /**
   * What is wanted, resolved as far as it is known; where the part is to go, what it was wanted to be. Finds what has no
   * name of its own: a mapping by its two ends.
   */
  readonly config: Config;
  /** The vendor's id of it that the state remembers. */
  readonly remembered?: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The bytes of a file that the config names by its SHA-256, in hex. */
  artifact(sha256: string): Promise<Uint8Array>;
}
