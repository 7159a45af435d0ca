import type { Clock } from "@alienplatform/bindings";
import type { ServedFiles } from "./console-files.ts";

/** How the API is served. */
export interface HttpApiOptions {
  /** What a caller shows as `Authorization: Bearer`. Undefined where whoever stands in front lets only the right ones through. */
  readonly token?: string | undefined;
  /** What needs the token: what changes something, or looking too. Default "everything". */
  readonly tokenFor?: "changes" | "everything" | undefined;
  /**
   * The names by which it may be called, as a Host header has them without its port: another one is a page that rebinds its
   * name to this machine. Default any, for where no browser on the same machine is the danger.
   */
  readonly hosts?: readonly string[] | undefined;
  /** Refuses whatever changes something. */
  readonly readOnly?: boolean | undefined;
  /** False where answers are sent as a whole, as behind Lambda: GET /events answers 501 then. */
  readonly streams?: boolean | undefined;
  /** Told once of each error behind a 500 that nobody expected: its name and its calls, no message, which may quote a payload. */
  readonly onUnexpected?: ((text: string) => void) | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
  /** Bytes of a request's body, at most. Default 1 MiB. */
  readonly bodyLimit?: number | undefined;
  /** The console's files, read when somebody opens it; without them there is no console. */
  readonly files?: (() => Promise<ServedFiles>) | undefined;
}
