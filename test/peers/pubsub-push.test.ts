import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { QueueClient, systemClock } from "@alienplatform/bindings";
import { bundleFunction, loadStack } from "@alienplatform/deploy";
import { target } from "@alienplatform/gcp/deploy";
import { afterAll, expect, it, onTestFinished, vi } from "vitest";
import { PubSubQueueDriver } from "../../packages/gcp/src/queue/driver.ts";
import { deadLettersOf, pubsubQueueOf } from "../../packages/gcp/src/queue/pubsub-queue.ts";
import { TokenIssuer } from "../../packages/gcp/test/push/google-token.ts";
import { PubSubAdmin } from "../../packages/gcp/test/wire/pubsub-admin.ts";
import { bindingOf } from "../../packages/gcp/test/wire/pubsub-world.ts";
import { pictures } from "../../src/pictures.ts";
import { root } from "../source-files.ts";
import { answering } from "./support/answering.ts";
import { startFunctionsFramework } from "./support/functions-framework.ts";
import { startPubSubEmulator } from "./support/pubsub-emulator.ts";

const AUDIENCE = "https://worker-abc-ew.a.run.app";
const SERVICE_ACCOUNT = "pusher@alien.iam.gserviceaccount.com";

const { host } = await startPubSubEmulator();
const admin = new PubSubAdmin(`http://${host}`);
afterAll(() => admin.close());

it("alien.ts and its worker run unchanged under Google's functions-framework, to which the emulator pushes", async () => {
  const issuer = new TokenIssuer();
  const keys = await serve(async (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(await issuer.certificates()));
  });
  onTestFinished(keys.close);
  let functionUrl = "";
  const statuses: number[] = [];
  // The emulator pushes without a token: this is where Google would give it one.
  const pushes = await serve(async (request, response) => {
    const body = await buffer(request);
    const token = issuer.issue({ aud: AUDIENCE, email: SERVICE_ACCOUNT });
    const answer = await fetch(functionUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        // The function's host closes one that was idle for 5 s, also when a request is on its way.
        connection: "close",
      },
      body,
    });
    statuses.push(answer.status);
    response.writeHead(answer.status).end();
  });

  // What deploy would write.
  const stack = await loadStack(join(root, "alien.ts"));
  const [tasks] = stack.stack.resources.filter((each) => each.type === "queue");
  const [worker] = stack.stack.resources.filter((each) => each.type === "function");
  if (tasks === undefined || worker === undefined) throw new Error("alien.ts declares neither");
  const { id, maxAttempts, backoff, leaseMs, retentionMs, idempotency } = tasks;
  const options = { maxAttempts, backoff, leaseMs, retentionMs, idempotency };
  const made = await admin.make("images-tasks", options, { pushEndpoint: pushes.url });
  const binding = bindingOf(id, options, { ...made, push: true });
  const pubsub = pubsubQueueOf(binding);
  const home = join(root, "test", "peers", ".alien");
  await mkdir(home, { recursive: true });
  const folder = await mkdtemp(join(home, "push-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bundle = await bundleFunction({
    stack,
    function: worker,
    mode: "deploy",
    target,
    sources: { [pubsub.subscription]: "tasks" },
    outDir: join(folder, "bundles"),
  });
  await bundle.dispose();
  const { url, peer } = await startFunctionsFramework(bundle.file, {
    cwd: dirname(bundle.file),
    keysUrl: keys.url,
    env: {
      ALIEN_TASKS_BINDING: JSON.stringify(binding),
      ALIEN_FUNCTION: JSON.stringify({ id: worker.id, triggers: worker.triggers }),
      ALIEN_PUSH_AUDIENCE: AUDIENCE,
      ALIEN_PUSH_SERVICE_ACCOUNT: SERVICE_ACCOUNT,
    },
    // What the emulator still pushes must not meet a function that is gone.
    atEnd: (stop) => onTestFinished(() => pushes.close().then(stop)),
  });
  functionUrl = url;

  const broken = join(folder, "broken.jpg");
  await writeFile(broken, "no picture");
  const sender = new QueueClient(new PubSubQueueDriver(pubsub, systemClock), {
    queue: id,
    options,
  });
  for (const picture of [...pictures(), { imageId: "broken", file: broken }]) {
    await sender.send({ type: "process-image", ...picture });
  }
  await sender.close();

  const dead = new PubSubQueueDriver(deadLettersOf(pubsubQueueOf(binding)), systemClock);
  const receiver = await dead.open({ credit: 1, leaseMs: 60_000 });
  const [letter] = await receiver.take(1, 60_000);
  expect(letter?.headers.dead, peer.output).toMatchObject({ source: "tasks", attempts: 3 });
  await dead.close();
  const thumbnails = join(dirname(bundle.file), "out", "thumbnails");
  const wanted = pictures().map(({ imageId }) => `${imageId}.webp`);
  await vi.waitFor(async () => expect((await readdir(thumbnails)).sort()).toEqual(wanted), 60_000);
  // A retry is a message of its own: the emulator does not say which delivery a push is.
  await vi.waitFor(() => expect(statuses).toEqual(Array.from({ length: 9 }, () => 204)), 60_000);

  const unsigned = await fetch(url, { method: "POST", body: "{}" });
  expect(unsigned.status).toBe(401);
});

/** Listens on this machine until it is closed, with what it is answering. */
async function serve(answer: Parameters<typeof answering>[0]) {
  const server = createServer(answering(answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  // It listens on a port, as just asked.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close };
}
