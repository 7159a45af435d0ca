import { connect, type Socket } from "node:net";
import { AlienError } from "@alienplatform/core";

/** What connecting says where nobody listens, or not yet, or where the owner is about to close. */
const NOBODY = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EAGAIN", "EPIPE"]);

/** Connects to the owner's socket; undefined where no owner listens. */
export function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.unref();
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (NOBODY.has(error.code ?? "")) resolve(undefined);
      else reject(notReachable(path, error));
    });
  });
}

function notReachable(path: string, cause: NodeJS.ErrnoException): AlienError {
  const code =
    cause.code === "EACCES" || cause.code === "EPERM" ? "PERMISSION_DENIED" : "STORAGE_FAILED";
  return new AlienError(code, `the socket of the local queues at ${path} answers ${cause.code}`, {
    fix: "Run every program that shares these queues as the user who owns their directory.",
    cause,
  });
}
