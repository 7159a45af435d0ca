/** One file of the console. */
export interface ServedFile {
  readonly body: string | Uint8Array;
  /** The Content-Type. */
  readonly type: string;
  /** Its name changes with its content: may be cached for ever. */
  readonly immutable?: boolean;
}

/**
 * The file at a path below /console/ ("", "assets/index-1a2b.js"), or the page for every path that is no file. The page gets
 * the token where somebody opens it who may change something.
 */
export type ServedFiles = (path: string, token?: string) => ServedFile | undefined;
