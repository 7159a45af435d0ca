import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { VirtualClock } from "@alienplatform/bindings";
import { afterAll, it, vi } from "vitest";
import { AccountServer } from "../../packages/cloudflare/test/account/account-server.ts";
import { WorkersHost } from "../../packages/cloudflare/test/account/workers-host.ts";
import { answering } from "../peers/support/answering.ts";
import { stageJourney } from "./stage/journey.ts";

/** The time of the queues; Workers and commands have the machine's. */
const clock = new VirtualClock();
const server = await AccountServer.open(clock);
const { account } = server;
const host = new WorkersHost(account);
for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);

/** Two dozen commands, each a process of its own, on a machine that is busy with other work. */
const MOST_MS = 600_000;
const WORKER = "http-and-queue-dev-web";
const on = ["--platform", "cloudflare", "--stage", "dev"];

/** One push after the other, after each request that may have brought something. */
let pushing = Promise.resolve();
function push(): Promise<void> {
  pushing = pushing.then(() => host.deliver());
  return pushing;
}
server.onRequest = (route) => {
  // Whoever looks at a job waits for it.
  if (route.endsWith("/query")) pushing = pushing.then(() => clock.advance(1_000));
  // Whoever waits for what is handled is told of a failure.
  push().catch(() => undefined);
};

const handledSoFar = () => host.acknowledged.get(WORKER) ?? 0;

/** What makes the Worker's address reachable from this machine. */
let address: Server | undefined;
afterAll(async () => {
  address?.closeAllConnections();
  address?.close();
  await host.close();
  await server.close();
});

it(
  "an example is deployed, handles real input, is changed, mended, repaired and destroyed",
  () =>
    stageJourney({
      platform: "cloudflare",
      on,
      // A send is delayed by 12 hours.
      keepsState: { delay: "2d" },
      deployed: {
        parts: 8,
        // The budget and the backoff are in no part of Cloudflare's but the Worker's environment.
        changed: /code\.sha256[\s\S]*ALIEN_SIGNUPS_BINDING[\s\S]*1 to change/,
        drift,
        left: async () => [
          ...account.queues.values(),
          ...account.databases.values(),
          ...account.scripts.values(),
        ],
      },
      up: async (session) => (await session.alien("deploy", ...on, "--yes")).stdout,
      url: serve,
      async handled(count) {
        for (;;) {
          await push();
          if (handledSoFar() >= count) return;
          // A retry's delay, which is whole seconds.
          await clock.advance(1_000);
        }
      },
      handledSoFar,
      settled: push,
      logs: async (session) => (await session.alien("logs", "web", ...on)).stdout,
    }),
  MOST_MS,
);

async function serve(): Promise<string> {
  address = createServer(
    { keepAliveTimeout: 0 },
    answering(async (request, response) => {
      const { status, text } = await host.fetch(WORKER, request.url ?? "/", request.method);
      response.writeHead(status).end(text);
    }),
  );
  await new Promise<void>((resolve) => address?.listen(0, "127.0.0.1", resolve));
  const { port } = address.address() as AddressInfo; // it listens
  return `http://127.0.0.1:${port}`;
}

/** By hand, in the dashboard. */
async function drift(): Promise<number> {
  const signups = [...account.queues.values()].find(({ consumer }) => consumer?.type === "worker");
  if (signups?.consumer === undefined) throw new Error("nobody consumes the queue");
  signups.change({ delivery_delay: 7 });
  const { consumer } = signups;
  const settings = { ...consumer.settings, batch_size: 50 };
  account.setConsumer(signups, { ...consumer, settings }, consumer.id);
  const { metadata, modules } = account.script(WORKER);
  account.putScript(WORKER, { ...metadata, compatibility_date: "2025-01-01" }, modules);
  return 3;
}
