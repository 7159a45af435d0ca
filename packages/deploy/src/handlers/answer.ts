import { Socket as UdpSocket } from "node:dgram";
import { Socket } from "node:net";
import { end, reportOnce } from "../report-once.ts";
import { thrownError } from "../thrown-error.ts";

/** A trigger that nothing handles, as its error says it. */
export interface MissingHandler {
  readonly message: string;
  readonly fix: string;
}

/** What a function's process answers. */
export interface Answer {
  readonly missing: readonly MissingHandler[];
}

/**
 * What the process of a function runs that is asked for its handlers: reports those that are missing, and ends. The
 * user's file is loaded without a network: planning changes nothing anywhere, whatever a file does when it is loaded.
 */
export async function answer(
  ask: () => Promise<readonly { readonly message: string; readonly fix?: string | undefined }[]>,
): Promise<never> {
  cutNetwork();
  // What fails beside the loading, such as a connection that nobody awaits, changes no handler.
  process.on("uncaughtException", () => undefined);
  process.on("unhandledRejection", () => undefined);
  // A file that waits for what never comes has nothing left to do: node would end it without a word.
  process.once("beforeExit", () => end({ ok: false, error: thrownError(new Error(NEVER)) }));
  return reportOnce(async (): Promise<Answer> => {
    const missing = await ask();
    return { missing: missing.map(({ message, fix = "" }) => ({ message, fix })) };
  });
}

const NEVER = "it awaits a promise that never settles";

function cutNetwork(): void {
  Socket.prototype.connect = function (this: Socket) {
    return this.destroy(new Error(CUT));
  };
  UdpSocket.prototype.send = () => undefined;
}

const CUT = "there is no network while a function is asked for its handlers";
