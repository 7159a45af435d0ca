import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { QueueClient, systemClock, withDefaults } from "@alienplatform/bindings";
import { verifyRequest } from "@alienplatform/sdk/http";
import { afterAll, expect, test, vi } from "vitest";
import { runtime } from "../../src/runtime.ts";
import { ArmServer } from "../arm/arm-server.ts";
import { DeployedApps } from "./deployed-apps.ts";
import { deployProject } from "./deployed-stage.ts";

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const posted: Posted[] = [];
const billing = createServer(async (request, response) => {
  posted.push({ headers: request.headers, body: await text(request) });
  response.end();
});
await new Promise<void>((resolve) => billing.listen(0, "127.0.0.1", resolve));
// It listens on a port.
const url = `http://127.0.0.1:${(billing.address() as AddressInfo).port}/`;
vi.stubEnv("BILLING_URL", url);
const server = await ArmServer.start();
const apps = new DeployedApps(server);
const { cloud, state } = await deployProject(server);
const { operator } = cloud;
const secretOf = (variable: string) =>
  state.parts[`secret/${variable}`]?.name ?? `there is no secret ${variable}`;
await operator?.setSecret(secretOf("TOKEN"), "open sesame", new AbortController().signal);
await apps.followed();

const clients: QueueClient[] = [];
function client(queue: string): QueueClient {
  // Deploy wrote it, without the options that every queue has.
  const written = Object(state.bindings[queue]);
  const binding = { ...written, options: withDefaults(written.options ?? {}) };
  const { options } = binding;
  const made = new QueueClient(runtime.queue(binding, systemClock), {
    queue,
    options,
    clock: systemClock,
  });
  clients.push(made);
  return made;
}

afterAll(async () => {
  for (const each of clients) await each.close();
  await apps.stop();
  await server.close();
  billing.close();
});

test("an endpoint gets each message of its queue, signed with the stage's secret", async () => {
  const { id } = await client("invoices").send({ total: 12 });
  await apps.handled(1);
  const [{ headers, body } = { headers: {}, body: "" }] = posted;
  expect(JSON.parse(body)).toMatchObject({ queue: "invoices", id, payload: { total: 12 } });
  const [, vault = ""] = [...secretOf("ALIEN_SIGNING_SECRET").split("/")].reverse();
  const secret = server.secrets.get(vault, "ALIEN-SIGNING-SECRET") ?? "";
  const request = new Request(url, { method: "POST", headers: Object(headers), body });
  await verifyRequest(request.clone(), secret);
  await expect(verifyRequest(request, "another")).rejects.toMatchObject({
    code: "SIGNATURE_INVALID",
  });
});

test("a FIFO trigger hands over a group in order, also behind a retry, and the function has its secret", async () => {
  const queue = client("orders");
  const before = apps.handledSoFar;
  await queue.sendBatch([
    { payload: { account: "a", nth: 1, fails: true } },
    { payload: { account: "a", nth: 2 } },
    { payload: { account: "b", nth: 1 } },
    { payload: { account: "a", nth: 3 } },
    { payload: { account: "b", nth: 2 } },
  ]);
  await apps.handled(before + 5);
  const said = server.logged.flatMap(({ text }) => /^open sesame (.*)$/.exec(text)?.[1] ?? []);
  expect(said.filter((each) => each.startsWith("a"))).toEqual([
    "a1 fails",
    "a1 done",
    "a2 done",
    "a3 done",
  ]);
  expect(said.filter((each) => each.startsWith("b"))).toEqual(["b1 done", "b2 done"]);
});
