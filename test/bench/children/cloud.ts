import { systemClock } from "@alienplatform/bindings";
import { buildApp } from "fauxqs";
import { WireServer } from "../../../packages/azure/test/wire/server.ts";
import { QueueServer } from "../../../packages/cloudflare/test/server/queue-server.ts";
import { StoredQueue } from "../../../packages/cloudflare/test/server/stored-queue.ts";
import { PubSubServer } from "../../../packages/gcp/test/wire/server.ts";

/** A service in a process of its own, so that its work is not counted as ours. */
interface Served {
  /** Where it listens, as its client wants to hear it. */
  readonly endpoint: string;
  /** Requests so far; AMQP has none to count. */
  requests(): number;
  /** Makes a queue where clients cannot. */
  make?(queue: string): void;
}

const LONG_MS = 600_000;

const SERVERS: Readonly<Record<string, () => Promise<Served>>> = {
  async sqs() {
    let count = 0;
    const app = buildApp({ logger: false });
    app.addHook("onRequest", (_request, _reply, done) => {
      count++;
      done();
    });
    const endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
    return { endpoint, requests: () => count };
  },
  async pubsub() {
    let count = 0;
    const server = new PubSubServer(systemClock);
    server.onRequest = () => {
      count++;
    };
    const port = await server.listen();
    return { endpoint: `http://127.0.0.1:${port}`, requests: () => count };
  },
  async "service bus"() {
    const server = new WireServer();
    await server.listen();
    const make = (queue: string) => {
      const common = { lockMs: LONG_MS / 2, maxDeliveryCount: 2_000 };
      server.createQueue(`${queue}-dead`, common);
      server.createQueue(queue, { ...common, forwardDeadTo: `${queue}-dead` });
    };
    return { endpoint: `127.0.0.1:${server.port}`, requests: () => Number.NaN, make };
  },
  async cloudflare() {
    const server = await QueueServer.open();
    const make = (queue: string) => {
      const dead = new StoredQueue(systemClock, { maxRetries: 100, retentionMs: LONG_MS });
      server.queues.set(`${queue}-dead`, dead);
      const settings = { maxRetries: 100, retentionMs: LONG_MS, dead };
      server.queues.set(queue, new StoredQueue(systemClock, settings));
    };
    return { endpoint: server.endpoint, requests: () => server.requests.length, make };
  },
};

/** What the parent asks, one at a time: for the count of requests, or for a new queue. */
export type CloudQuestion = { readonly ask: "requests" } | { readonly ask: "make"; queue: string };

const { endpoint, requests, make } = await start(process.argv[2] ?? "");
process.on("message", (question: CloudQuestion) => {
  if (question.ask === "make") make?.(question.queue);
  process.send?.({ requests: requests() });
});
process.on("disconnect", () => process.exit());
process.send?.({ endpoint });

function start(name: string): Promise<Served> {
  const server = SERVERS[name];
  if (server === undefined) throw new TypeError(`there is no server "${name}"`);
  return server();
}
