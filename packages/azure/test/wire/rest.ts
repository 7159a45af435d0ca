import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { WireServer } from "./server.ts";

const clients = new Set<Socket>();

subscribe("net.client.socket", (message) => {
  const { socket } = message as { readonly socket: Socket }; // as Node documents this channel
  // The SDK's sockets wait with a small write until the one before is acknowledged, which the other side puts off for
  // 40 ms: beside a server in the same process that is all that a test would do.
  socket.setNoDelay(true);
  clients.add(socket);
  socket.once("close", () => clients.delete(socket));
});

/** Timers of a millisecond at most that have not run: rhea-promise passes events on by them. */
const soon = new Set<NodeJS.Timeout | undefined>();
const { setTimeout: schedule, clearTimeout: cancel } = globalThis;
const watching = (run: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
  if (ms !== undefined && ms > 1) return schedule(run, ms, ...given);
  const timer = schedule(() => {
    soon.delete(timer);
    run(...given);
  }, ms);
  soon.add(timer);
  return timer;
};
// Beside what it does it is what it was: `util.promisify` finds its own there.
globalThis.setTimeout = Object.assign(watching, schedule);
globalThis.clearTimeout = (timer) => {
  if (typeof timer === "object") soon.delete(timer);
  cancel(timer);
};

/** Promises, ticks and immediates that follow upon each other without a byte or a timer. */
const QUIET_TURNS = 8;

/**
 * Resolves when nothing moves between the server and its clients, which are in one process: no bytes are on their way, no
 * connection is being made or has been cut at one end alone, and no timer is about to pass anything on.
 */
export async function rest(server: WireServer): Promise<void> {
  let seen = -1;
  for (let quiet = 0; quiet < QUIET_TURNS; ) {
    const { traffic } = server;
    quiet = traffic === seen && soon.size === 0 && hasArrived(server) ? quiet + 1 : 0;
    seen = traffic;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether all that either side has written has been read by the other. */
function hasArrived(server: WireServer): boolean {
  if (!server.listens) return true;
  for (const client of clients) {
    if (client.destroyed) continue;
    if (client.connecting) return false;
    if (client.remotePort !== server.port) continue;
    const other = server.socketFrom(client.localPort);
    if (other === undefined) return false;
    if (other.bytesRead !== client.bytesWritten || other.bytesWritten !== client.bytesRead) {
      return false;
    }
  }
  return true;
}
