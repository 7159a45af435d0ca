import { createHash } from "node:crypto";
import { lstat, mkdir, realpath } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";

/** Where things are in a data directory. */
export interface DataDirectory {
  readonly path: string;
  /** What the owner listens on. */
  readonly socket: string;
}

/** An address of a Unix socket has 104 bytes on macOS, 108 on Linux, one of them for its end; see unix(7). */
const SOCKET_PATH_MAX = 100;

/**
 * Makes the directory where it is missing, for its user only, and says where its parts are. One that is there
 * stays as its user made it; what we put into it is private by itself.
 */
export async function dataDirectory(directory: string): Promise<DataDirectory> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = await realpath(directory);
  return { path, socket: await socketPath(path) };
}

async function socketPath(path: string): Promise<string> {
  const key = createHash("sha256").update(path).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\alien-queues-${key}`;
  const beside = join(path, "socket");
  if (Buffer.byteLength(beside) <= SOCKET_PATH_MAX) return beside;
  // Where the user keeps temporary files, unless that is too long as well: such a path is cut off, not refused.
  const [folder = ""] = [tmpdir(), "/tmp"]
    .map((each) => join(each, `alien-queues-${userInfo().uid}`))
    .filter((each) => Buffer.byteLength(join(each, key)) <= SOCKET_PATH_MAX);
  await ownFolder(folder);
  return join(folder, key);
}

/**
 * A folder in a directory that everybody may write to. Nobody but its owner can replace it once it is
 * there, so it is made first and then looked at: one that somebody else has put there is refused.
 */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === userInfo().uid && (found.mode & 0o077) === 0) return;
  throw new AlienError(
    "PERMISSION_DENIED",
    `${folder}, which is to hold the socket of the local queues, is not a directory of this user alone`,
    { fix: "Remove it, or set TMPDIR to a directory of your own.", details: { folder } },
  );
}
