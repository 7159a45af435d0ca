import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How often Redis flushes its log: before each answer, or once a second. */
export type AppendFsync = "always" | "everysec";

/** Starts a redis-server of our own on a socket in `directory`; answers its path and how to end it. */
export async function startRedis(
  directory: string,
  appendfsync: AppendFsync,
): Promise<{ readonly path: string; stop(): Promise<void> }> {
  const path = join(directory, "redis.sock");
  const options = {
    port: "0",
    unixsocket: path,
    dir: directory,
    save: "",
    appendonly: "yes",
    appendfsync,
  };
  const server = spawn(
    "redis-server",
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const failed = once(server, "error").then(([error]) => {
    throw new Error("redis-server did not start; install it: apt-get install redis-server", {
      cause: error,
    });
  });
  await Promise.race([failed, isListening(createInterface({ input: server.stdout }))]);
  return {
    path,
    async stop() {
      server.kill("SIGTERM");
      await once(server, "exit");
    },
  };
}

async function isListening(lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) {
    if (line.includes("ready to accept connections")) return;
  }
  throw new Error("redis-server ended before it was ready");
}
