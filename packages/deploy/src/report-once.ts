import { writeSync } from "node:fs";
import { type ThrownError, thrownError } from "./thrown-error.ts";

const exit = process.exit.bind(process);

/** What a process that `askProcess` started has to say. */
export type Report<Answer> =
  | ({ readonly ok: true } & Answer)
  | { readonly ok: false; readonly error: ThrownError };

/** Writes the answer to descriptor 3, or what was thrown, and ends this process. */
export async function reportOnce<Answer extends object>(
  answer: () => Promise<Answer>,
): Promise<never> {
  // What a loaded file thinks of ending the process is reported, and ends nothing unheard.
  process.exit = (code) => {
    const given = code === undefined ? "" : String(code);
    return end({ ok: false, error: thrownError(new Error(`process.exit(${given}) was called`)) });
  };
  try {
    return end({ ok: true, ...(await answer()) });
  } catch (error) {
    return end(failed(error));
  }
}

/** Ends this process with what was thrown. */
export function end(report: object): never {
  const bytes = Buffer.from(JSON.stringify(report));
  for (let written = 0; written < bytes.length; ) written += writeSync(3, bytes, written);
  return exit(0);
}

export function failed(error: unknown): Report<never> {
  return { ok: false, error: thrownError(error) };
}
