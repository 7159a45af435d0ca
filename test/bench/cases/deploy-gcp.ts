import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import type { Cloud } from "@alienplatform/deploy";
import { platform } from "@alienplatform/gcp/deploy";
import { endpointsAt, GoogleServer } from "../../../packages/gcp/test/google/google-server.ts";
import { TokenIssuer } from "../../../packages/gcp/test/push/google-token.ts";
import { PubSubAdmin } from "../../../packages/gcp/test/wire/pubsub-admin.ts";
import type { Case } from "../case.ts";
import { CLOUD_OPTIONS } from "../clouds/cloud.ts";
import { CloudServer } from "../clouds/cloud-server.ts";
import { coldStarts, HOME, makeProject, packBoth, sizes } from "../deploying/cold-function.ts";
import { Stage, stackOf } from "../deploying/stage.ts";
import type { Line } from "../line.ts";

const KEYS = new URL("../../peers/support/google-keys.mjs", import.meta.url).href;
const OTHER = "by hand, Google's Pub/Sub client alone";

/** What somebody writes who knows the vendor, and has Cloud Run look at the token. */
const BY_HAND = `import { PubSub } from "@google-cloud/pubsub";
const mails = new PubSub({ projectId: "shop-prod" }).topic("cold-dev-mails", { batching: { maxMessages: 1 } });
export default async (request, response) => {
  try {
    const payload = JSON.parse(Buffer.from(request.body.message.data, "base64").toString());
    await mails.publishMessage({ json: payload });
    response.status(204).end();
  } catch {
    response.status(500).end();
  }
};
`;

/** What a deploy with nothing to do asks of Google Cloud, and a function's first message in Google's own host. */
export const deployGcp: Case = {
  name: "deploy-gcp",
  async *run() {
    const google = new GoogleServer();
    const server = await CloudServer.start("pubsub");
    const directory = makeProject("gcp");
    const environment = {
      ...endpointsAt(await google.listen()),
      GOOGLE_CLOUD_PROJECT: google.world.project,
      GOOGLE_CLOUD_REGION: "europe-west1",
    };
    const connect = (stack: string) => platform.connect({ stack, stage: "dev", environment });
    try {
      yield await again(google, await connect("large"), directory);
      yield* cold(await connect("cold"), server.endpoint, directory);
    } finally {
      google.close();
      await server.stop();
      rmSync(directory, { recursive: true });
    }
  },
};

async function again(google: GoogleServer, cloud: Cloud, directory: string): Promise<Line> {
  const stage = new Stage(stackOf("large", 100, 100), cloud, directory, platform);
  await stage.deploy();
  google.calls.length = 0;
  const { steps } = await stage.deploy();
  if (steps.some(({ action }) => action !== "none")) throw new Error("there was something to do");
  const name = "Google Cloud: no-op deploy of 100 queues, 100 functions, calls a part";
  return { name, unit: "x", ours: google.calls.length / steps.length };
}

async function* cold(cloud: Cloud, endpoint: string, directory: string): AsyncGenerator<Line> {
  const { stack, ours, hand } = await packBoth(directory, platform, cloud, BY_HAND);
  const admin = new PubSubAdmin(endpoint, "shop-prod");
  await admin.make("cold-dev-mails", CLOUD_OPTIONS);
  await admin.close();
  const issuer = new TokenIssuer();
  const keys = createServer(async (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(await issuer.certificates()));
  });
  await new Promise<void>((resolve) => keys.listen(0, "127.0.0.1", resolve));
  // It listens on a port, as just asked.
  const GOOGLE_KEYS = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`;
  yield sizes("function for Pub/Sub", { ours, hand }, OTHER);
  const own = await environmentOf(new Stage(stack, cloud, directory, platform));
  const { ALIEN_PUSH_AUDIENCE: aud, ALIEN_PUSH_SERVICE_ACCOUNT: email } = own;
  const token = issuer.issue({ aud, email });
  const emulated = inEmulator({ ...own, GOOGLE_KEYS }, endpoint);
  const each = {
    ours: () => handled(ours, emulated, token),
    hand: () => handled(hand, emulated, token),
  };
  yield* coldStarts("function in functions-framework, cold to first message handled", each, OTHER);
  keys.closeAllConnections();
  keys.close();
}

/** The bindings name the server of the wire, where deploy has made nothing. */
function inEmulator(env: Readonly<Record<string, string>>, endpoint: string) {
  const entries = Object.entries(env).map(([name, value]) => {
    if (!/^ALIEN_\w+_BINDING$/.test(name)) return [name, value];
    const binding = JSON.parse(value);
    return [name, JSON.stringify({ ...binding, address: { ...binding.address, endpoint } })];
  });
  const { host } = new URL(endpoint);
  return { ...Object.fromEntries(entries), PUBSUB_EMULATOR_HOST: host };
}

async function environmentOf(stage: Stage) {
  await stage.deploy();
  const config = (await stage.state())?.parts["function/worker"]?.config;
  // A function's config has it, of texts.
  return (config as { readonly environment: Readonly<Record<string, string>> }).environment;
}

/** One message, in a process of its own that may use one core. */
async function handled(file: string, env: Readonly<Record<string, string>>, token: string) {
  const event = {
    message: {
      data: Buffer.from('{"n":1}').toString("base64"),
      messageId: "1",
      publishTime: new Date().toISOString(),
      attributes: {},
    },
    subscription: "projects/shop-prod/subscriptions/cold-dev-tasks",
    deliveryAttempt: 1,
  };
  const script = `import "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { http } from "@google-cloud/functions-framework";
const [started, before] = [performance.now(), process.cpuUsage()];
const { default: handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
http("worker", handler);
const server = getTestServer("worker").listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const { status } = await fetch("http://127.0.0.1:" + server.address().port + "/", {
  method: "POST",
  headers: { "content-type": "application/json", authorization: ${JSON.stringify(`Bearer ${token}`)} },
  body: ${JSON.stringify(JSON.stringify(event))},
});
const { user, system } = process.cpuUsage(before);
const ms = performance.now() - started;
process.stdout.write("\\n" + JSON.stringify({ status, ms, cpu: (user + system) / 1_000 }), () => process.exit());`;
  const node = [process.execPath, "--no-warnings", "--import", KEYS, "--input-type=module"];
  const child = spawn("taskset", ["--cpu-list", "0", ...node, "-e", script], {
    cwd: HOME,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env, NODE_OPTIONS: "" },
  });
  const ended = once(child, "exit");
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  const { status, ms, cpu } = JSON.parse(out.split("\n").at(-1) || "{}");
  if (status !== 204) throw new Error(`not handled: ${out}${errors}`);
  return { ms: Number(ms), cpu: Number(cpu) };
}
