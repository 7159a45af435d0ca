import { afterAll } from "vitest";
import { ownPort } from "../../own-port.ts";
import { TasksOverHttp } from "./gcp/tasks-over-http.ts";
import { installed } from "./installed.ts";
import { type AtEnd, Peer } from "./peer.ts";

/**
 * Starts aertje's cloud-tasks-emulator on a port of its own, with HTTP in front of it; both end after the last test of the
 * file. Answers the front's URL, as in "endpoint" of a binding's "tasks". Call it once at the top of a test file. What it
 * does otherwise than Cloud Tasks: it sends what is due without a token, lists all tasks in one page and with their bodies,
 * keeps no limit of a task's size or delay, changes no queue, and takes -1 of `maxAttempts`, which is for ever, for no
 * second try.
 */
export async function startCloudTasksEmulator(atEnd: AtEnd = afterAll): Promise<string> {
  const port = await ownPort();
  const program = installed("cloud-tasks-emulator", "cloud-tasks-emulator");
  const args = ["-host", "127.0.0.1", "-port", String(port)];
  const peer = new Peer("cloud-tasks-emulator", program, args, atEnd);
  await peer.says(/listening on/);
  const front = new TasksOverHttp(`127.0.0.1:${port}`);
  atEnd(async () => front.close());
  return front.listen();
}
