import picocolors from "picocolors";
import { onTestFinished } from "vitest";
import { run } from "../src/run.ts";

const plain = picocolors.createColors(false);

/** An `alien console` in this process, and how to ask it. */
export interface ConsoleHere {
  /** What it printed: where the page is. */
  readonly page: string;
  readonly notes: readonly string[];
  /** With what the token is shown. */
  readonly bearer: Readonly<Record<string, string>>;
  /** A body is sent as JSON. Redirects are not followed. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  /** Answers the exit status. */
  stop(signal: NodeJS.Signals): Promise<number>;
}

/** Starts it, and stops it when the test has finished. */
export async function consoleHere(
  directory: string,
  ...args: readonly string[]
): Promise<ConsoleHere> {
  // As base64 writes it, which means something else in an address.
  const token = "the+token/of+this+run==";
  const notes: string[] = [];
  let signalled: (signal: NodeJS.Signals) => void = () => undefined;
  let ended: Promise<number> | undefined;
  const page = await new Promise<string>((resolve, reject) => {
    const { ALIEN_DIRECTORY: _, ...environment } = process.env;
    ended = run(["console", "--no-open", ...args], {
      directory,
      environment: { ...environment, ALIEN_API_TOKEN: token },
      terminal: {
        data: resolve,
        note: (text) => void notes.push(text),
        colors: plain,
        noteColors: plain,
      },
      onSignal: (listener) => {
        signalled = listener;
      },
    });
    void ended.then((status) => reject(new Error(`it ended with ${status}: ${notes.join("\n")}`)));
  });
  const stop = async (signal: NodeJS.Signals) => {
    signalled(signal);
    return (await ended) ?? -1;
  };
  onTestFinished(async () => {
    await stop("SIGTERM");
  });
  return {
    page,
    notes,
    bearer: { authorization: `Bearer ${token}` },
    ask: (method, path, body, headers) =>
      fetch(new URL(path, page), {
        method,
        redirect: "manual",
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    stop,
  };
}
