import type { AlienSession } from "./alien-session.ts";

/**
 * Where the journey runs: a vendor's half that is not ours to write (its APIs, and the host that runs what was deployed),
 * or the local platform. The commands, the stack and its handlers are the same in each.
 */
export interface StageWorld {
  readonly platform: string;
  /** What names the stage on the command line: nothing for the local platform. */
  readonly on: readonly string[];
  /**
   * What a stage keeps beside its queues; undefined where there is nothing that could. Messages under a limited key are put
   * off, which the vendor's half may count as handled: from there on the journey asks for jobs. `delay` is one that is
   * longer than the vendor's own; undefined where none is possible.
   */
  readonly keepsState?: { readonly delay?: string };
  /** Undefined where nothing is deployed: a folder of the user's own is the stage. */
  readonly deployed?: DeployedWorld;
  /** Brings the stage up, or up to date after a file has changed; answers what was on the screen. */
  up(session: AlienSession): Promise<string>;
  /** Where requests to the example's function arrive from this machine. */
  url(): Promise<string>;
  /** Resolves as soon as so many messages were handled for good since the beginning; a dead letter is one of them. */
  handled(count: number): Promise<void>;
  /** How many were so far. */
  handledSoFar(): number;
  /** Resolves when triggers are as they were asked to be: nothing is taken for one that was paused. */
  settled(): Promise<void>;
  /** What the example's function has written. */
  logs(session: AlienSession): Promise<string>;
}

/** What an account can be asked beside what our commands tell. */
export interface DeployedWorld {
  /** Things that the example becomes. */
  readonly parts: number;
  /** Lines of the plan after its code, its budget and its backoff have changed, in order. */
  readonly changed: RegExp;
  /** Changes deployed things by hand; answers how many settings. */
  drift(): Promise<number>;
  /** All that carries marks of ours, asked of the vendor itself. */
  left(): Promise<readonly unknown[]>;
}
