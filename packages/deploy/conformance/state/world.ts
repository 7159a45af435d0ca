import type { StateStore } from "../../src/index.ts";

/** One place where a state can be kept; nothing is in it at first. */
export interface StateStoreWorld {
  /** Opens it once more, as another process would. */
  open(): StateStore;
  /** Takes the document away, behind the back of all who have it open. */
  remove(): Promise<void>;
  /**
   * The next write takes place and whoever wrote hears nothing of it. Undefined where an answer cannot get lost, as in a
   * folder.
   */
  loseAnswer?(): void;
  close(): Promise<void>;
}

export type OpenStateStoreWorld = () => Promise<StateStoreWorld>;
