import { VirtualClock, withDefaults } from "@alienplatform/bindings";
import type { Json, Lowered } from "@alienplatform/deploy";
import { verifyRequest } from "@alienplatform/sdk/http";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { operate } from "../src/operate.ts";
import { runtime } from "../src/runtime.ts";
import { AccountServer } from "./account/account-server.ts";
import { DeployedStage } from "./account/deployed-stage.ts";
import type { ScriptMetadata } from "./account/stored-account.ts";
import { WorkersHost } from "./account/workers-host.ts";

/** The time of the queues. */
const clock = new VirtualClock();
const signal = new AbortController().signal;
let server: AccountServer;
let host: WorkersHost;
let stage: DeployedStage;

beforeAll(async () => {
  server = await AccountServer.open(clock);
  host = new WorkersHost(server.account);
  for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
  stage = await DeployedStage.connect(server);
  await stage.deploy();
});
afterAll(async () => {
  await host.close();
  await server.close();
});

describe("a stage that was deployed", () => {
  it("begins as alien.ts says: what triggers paused waits", async () => {
    await send("mails", { to: "ann" });
    await host.deliver();
    expect(host.acknowledged.get("shop-dev-mailer")).toBeUndefined();
    const mails = await operatorOf("mails");
    expect(await mails.control()).toMatchObject({
      pause: { reason: expect.stringContaining("alien.ts declares it so") },
    });
    await mails.resume();
    expect((await mails.control()).pause).toBeUndefined();
  });

  it("retries what needs a secret that nobody has set, and has it as soon as it is set", async () => {
    const { operator } = stage.cloud;
    expect(await operator.hasSecret("shop/dev/SMTP_PASSWORD", signal)).toBe(false);
    await host.deliver();
    expect(await logs("mailer")).toContain("the secret SMTP_PASSWORD has no value yet");
    await operator.setSecret("shop/dev/SMTP_PASSWORD", "hunter2", signal);
    expect(await operator.hasSecret("shop/dev/SMTP_PASSWORD", signal)).toBe(true);
    await clock.advance(60_000);
    await host.deliver();
    expect(await logs("mailer")).toContain("shop@example.com to ann with hunter2");
  });

  it("writes what failed as lines of JSON", async () => {
    const lines = server.account.script("shop-dev-mailer").lines.map(({ text }) => text);
    const failed = lines.filter((line) => line.includes("SMTP_PASSWORD has no value"));
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) expect(JSON.parse(line)).toMatchObject({ code: "SECRET_MISSING" });
  });

  it("finds lines that hold a text, and those since a time", async () => {
    expect(await logs("mailer", { filter: "hunter2" })).toBe(
      "shop@example.com to ann with hunter2",
    );
    expect(await logs("mailer", { since: Date.now() + 60_000 })).toBe("");
  });

  it("is pulled where nobody in the stack consumes", async () => {
    const driver = runtime.queue(await bindingOf("reports"), clock);
    const receiver = await driver.open({ credit: 1, leaseMs: 30_000 });
    const [report] = await receiver.take(1, 0);
    expect(report?.body).toBe('{"sent":"ann"}');
    await receiver.close();
    await driver.close();
  });

  it("posts to an endpoint, signed with a secret that deploy made up", async () => {
    const secret = server.account.script("shop-dev-billing").secrets.get("ALIEN_SIGNING_SECRET");
    const { operator } = stage.cloud;
    expect(await operator.hasSecret("shop/dev/ALIEN_SIGNING_SECRET", signal)).toBe(true);
    const seen: unknown[] = [];
    host.outside = async (request) => {
      const { payload } = await verifyRequest(request, secret);
      seen.push([request.url, payload]);
      return { status: 204 };
    };
    await send("invoices", { total: 7 });
    await host.deliver();
    expect(seen).toEqual([["https://billing.example/jobs", { total: 7 }]]);
    expect(host.acknowledged.get("shop-dev-billing")).toBe(1);
  });

  it("keeps values of secrets when it is deployed again, and shows none", async () => {
    const { secrets } = server.account.script("shop-dev-mailer");
    server.account.script("shop-dev-mailer").tags = ["alien:stack:shop", "theirs"];
    await stage.deploy();
    const after = server.account.script("shop-dev-mailer");
    expect(after.secrets).toEqual(secrets);
    expect(after.tags).toContain("theirs");
    expect(JSON.stringify(await stage.state())).not.toContain("hunter2");
    expect((await stage.plan()).steps.filter(({ action }) => action !== "none")).toEqual([]);
  });

  it("is taken for changed where somebody else has put a former version back", async () => {
    const { metadata } = server.account.script("shop-dev-mailer");
    const bindings = metadata.bindings?.map((each) =>
      each.name === "ALIEN_CODE" ? { ...each, text: "0".repeat(64) } : each,
    );
    uploadMailer({ bindings: bindings ?? [] });
    const [step] = (await stage.plan()).steps.filter(({ action }) => action !== "none");
    expect(step?.changes).toMatchObject([{ path: "code.sha256", drift: true }]);
    await stage.deploy();
    const repaired = server.account.script("shop-dev-mailer");
    expect(repaired.secrets.get("SMTP_PASSWORD")).toBe("hunter2");
    expect(repaired.tags).toContain("theirs");
  });

  it("is paused through a deploy, and tells why", async () => {
    const mails = await operatorOf("mails");
    await mails.pause({ reason: "spam, again & again" });
    uploadMailer({ compatibility_date: "2025-01-01" });
    await stage.deploy();
    await send("mails", { to: "bob" });
    await host.deliver();
    expect(await logs("mailer")).not.toContain("bob");
    expect(await mails.control()).toMatchObject({
      pause: { reason: "spam again again", since: clock.now(), whilePaused: "wait" },
    });
    await mails.resume();
    await host.deliver();
    expect(await logs("mailer")).toContain("shop@example.com to bob");
    expect(server.account.script("shop-dev-mailer").tags).toHaveLength(4);
  });

  it("is planned with two requests a queue and one for most others, and none that writes", async () => {
    server.requests.length = 0;
    const { steps } = await stage.plan();
    const counts: Record<string, number> = {};
    for (const route of server.requests) counts[route] = (counts[route] ?? 0) + 1;
    expect(steps).toHaveLength(17);
    expect(counts).toEqual({
      "GET /queues": 6,
      "GET /queues/*/metrics": 6,
      "GET /queues/*/consumers": 6,
      // Where it is, and which tables are in it.
      "GET /d1/database": 1,
      "POST /d1/database/*/query": 1,
      "GET /workers/scripts/*/settings": 2,
      // For each of the two secrets.
      "GET /workers/scripts": 2,
      "GET /workers/scripts/*/secrets": 4,
    });
  });

  it("is found by its marks, all but what belongs to another thing", async () => {
    const owned = await stage.cloud.owned({ stack: "shop", stage: "dev" }, signal);
    const { queues, databases, scripts } = server.account;
    expect(owned.toSorted()).toEqual(
      [
        ...queues.keys(),
        ...databases.keys(),
        ...[...scripts.keys()].map((name) => `worker/${name}`),
      ].toSorted(),
    );
    expect(await stage.cloud.owned({ stack: "shop", stage: "prod" }, signal)).toEqual([]);
  });

  it("leaves nothing when it is destroyed", async () => {
    await stage.destroy();
    const { queues, databases, scripts } = server.account;
    expect([queues.size, databases.size, scripts.size]).toEqual([0, 0, 0]);
  });
});

it("a stage that was deployed without a database gets one, and nothing is replaced for it", async () => {
  const older = await AccountServer.open();
  onTestFinished(() => older.close());
  const before = await DeployedStage.connect(older, "older");
  await before.deploy(withoutTable);
  const made = () => [...older.account.queues.keys(), ...older.account.scripts.keys()];
  const [were, steps] = [made(), (await before.plan()).steps];
  const work = steps.filter(({ action }) => action !== "none");
  expect(work.map(({ action, type }) => `${action} ${type}`)).toEqual([
    "create d1-database",
    "update worker",
    "update worker",
  ]);
  await before.deploy();
  expect(made()).toEqual(were);
  const [id = ""] = older.account.databases.keys();
  const binding = { type: "d1", name: "ALIEN_STATE_TABLE", id };
  expect(older.account.script("shop-older-mailer").metadata.bindings).toContainEqual(binding);

  // What somebody removes of its tables comes back, and what is in the others stays.
  await older.account.query(id, "INSERT INTO items VALUES ('p', 's', 'v', '1', NULL)", []);
  await older.account.query(id, "DROP INDEX items_expires", []);
  const [repair] = (await before.plan()).steps.filter(({ action }) => action !== "none");
  expect(repair?.changes).toMatchObject([{ path: "schema.items_expires", drift: true }]);
  await before.deploy();
  expect((await before.plan()).steps.filter(({ action }) => action !== "none")).toEqual([]);
  expect(await older.account.query(id, "SELECT value FROM items", [])).toEqual([{ value: "v" }]);
});

/** What a stack became before stages had a database: no part of it, nothing of it in a Worker or a binding. */
function withoutTable({ parts, bindings }: Lowered): Lowered {
  const plain = (key: string, value: unknown) => (key === "table" ? undefined : value);
  return {
    parts: parts.flatMap((part) => {
      if (part.type === "d1-database") return [];
      if (part.type !== "worker") return [part];
      const config: Record<string, Json> = JSON.parse(JSON.stringify(part.config));
      const sends = Object.entries(Object(config.queues)).filter(([, queue]) => {
        return !OWN.some((own) => JSON.stringify(queue).includes(`"${own}"`));
      });
      const environment = JSON.stringify(config.environment);
      config.environment = JSON.parse(environment.replace(/,\\"table\\":\{[^}]*\}/g, ""));
      config.queues = JSON.parse(JSON.stringify(Object.fromEntries(sends)));
      return [{ ...part, config: { ...config, databases: {} } }];
    }),
    bindings: JSON.parse(JSON.stringify(bindings, plain)),
  };
}

/** Those that trigger somebody, who was not to send there. */
const OWN = ["queue/mails", "queue/invoices"];

/** By somebody else, who changes this and leaves the rest. */
function uploadMailer(changes: Partial<ScriptMetadata>): void {
  const { metadata, modules, tags } = server.account.script("shop-dev-mailer");
  server.account.putScript("shop-dev-mailer", { ...metadata, tags, ...changes }, modules);
}

async function bindingOf(queue: string) {
  const binding = (await stage.state())?.bindings[queue];
  // Deploy wrote it, without what every queue has.
  const { options = {}, ...rest } = JSON.parse(JSON.stringify(binding));
  return { ...rest, options: withDefaults(options) };
}

async function send(queue: string, payload: unknown): Promise<void> {
  const driver = runtime.queue(await bindingOf(queue), clock);
  const id = `${queue}${"0".repeat(26)}`.slice(0, 26);
  const body = JSON.stringify(payload);
  await driver.send([{ id, body, headers: { kind: "json" }, sentAt: clock.now() }]);
  await driver.close();
}

async function operatorOf(queue: string) {
  return operate.queue(await bindingOf(queue), clock);
}

async function logs(
  id: string,
  options: { readonly since?: number; readonly filter?: string } = {},
): Promise<string> {
  const lines: string[] = [];
  const asked = { since: 0, follow: false, signal, ...options };
  for await (const { text } of stage.cloud.operator.logs(`shop-dev-${id}`, asked)) lines.push(text);
  return lines.join("\n");
}
