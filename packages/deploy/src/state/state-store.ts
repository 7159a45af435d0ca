/**
 * Where one stage's state is kept: a single document with conditional writes, which is all that lock and fencing need.
 * A platform's package has one for its object storage; one for a folder is here.
 */
export interface StateStore {
  /** As the user wrote it: "s3://bucket/path", or the folder. For messages. */
  readonly url: string;
  /** The newest document, or undefined where there is none. */
  read(signal: AbortSignal): Promise<StoredState | undefined>;
  /**
   * Puts a document in the place of the version that was read, or of none, in one step: answers the new version, or
   * undefined where somebody else was there first. Whether a write that failed otherwise took place is not known.
   */
  write(
    text: string,
    replaced: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface StoredState {
  readonly text: string;
  /** What the next write has to name: an ETag, a generation, a number. */
  readonly version: string;
}
