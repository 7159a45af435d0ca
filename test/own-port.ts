import { once } from "node:events";
import { createServer } from "node:net";

/** Below what systems give to those who ask for any port (Linux from 32,768), and far above where `alien dev` looks. */
const FIRST = 20_000;
const COUNT = 10_000;

const given = new Set<number>();

/**
 * A port on which nobody listens now, and that stays free until it is used and when its server is gone for a while: nothing
 * takes one of these unasked. One that the system gave and got back is the next one's who asks, or who connects to
 * something; and the default of dev is the next dev's.
 */
export async function ownPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
