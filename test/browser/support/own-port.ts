import { once } from "node:events";
import { createServer } from "node:net";

/** Below what systems give to those who ask for any port (Linux from 32,768), and far above where `alien dev` looks. */
const FIRST = 20_000;
const COUNT = 10_000;

/**
 * A port that stays free when its server is gone for a while: nothing takes one of these unasked. The default of dev would
 * not do, which the next dev takes as soon as it is free.
 */
export async function ownPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
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
