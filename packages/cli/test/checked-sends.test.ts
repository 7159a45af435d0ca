import { join } from "node:path";
import { httpApi } from "@alienplatform/api";
import { type LoadedStack, loadStack } from "@alienplatform/deploy";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ask, asking } from "../../api/test/ask.ts";
import { ServedStack } from "../src/api/served-stack.ts";
import { StackSchemas } from "../src/api/stack-schemas.ts";
import { LocalStore } from "../src/store.ts";
import { Project } from "./journey.ts";

const alienTs = (to: string) => `import { Queue } from "@alienplatform/core";
import { z } from "zod";
export const mail = new Queue("mail").schema(z.object({ to: ${to} })).maxAttempts(1).build();
export const open = new Queue("open").build();
`;

/** Transforms what it accepts, which is not what is stored. */
const text = "z.string().transform((to) => to.toUpperCase())";

let project: Project;
let loaded: LoadedStack;
let store: LocalStore;
let ask: Ask;
const warnings: string[] = [];
const closes: (() => unknown)[] = [];

beforeAll(async () => {
  project = await Project.create({ "alien.ts": alienTs(text) });
  await reload();
  store = new LocalStore(join(project.directory, ".alien", "local"));
  await store.declare(loaded.stack);
  // As dev puts them together.
  const schemas = new StackSchemas(() => loaded, {
    warn: (warning) => void warnings.push(warning),
    // A machine that others use takes its time.
    loadLimitMs: 120_000,
    answerLimitMs: 120_000,
  });
  const api = httpApi(new ServedStack(() => loaded, store, schemas));
  closes.push(
    () => api.close(),
    () => schemas.close(),
  );
  ask = asking(api);
});
afterAll(async () => {
  for (const close of closes) close();
  await store.close();
  await project.remove();
});

async function reload(): Promise<void> {
  loaded = await loadStack(join(project.directory, "alien.ts"));
}

async function stored(queue = "mail"): Promise<unknown> {
  const { body } = await ask("POST", `/queues/${queue}/receive`, { max: 100 });
  for (const { receiptHandle } of body.messages) {
    await ask("POST", `/queues/${queue}/ack`, { receiptHandle });
  }
  return body.messages;
}

it("what the schema of alien.ts refuses is answered with its issues, and nothing of it is stored", async () => {
  const refused = await ask("POST", "/queues/mail/messages", { payload: { to: 7 } });
  expect(refused.status).toBe(422);
  expect(refused.body).toMatchObject({
    code: "PAYLOAD_REFUSED",
    details: {
      queue: "mail",
      issues: [{ path: "to", message: expect.stringContaining("string") }],
    },
  });
  const asText = await ask("POST", "/queues/mail/messages", { payload: "text" });
  expect(asText.status).toBe(422);
  expect(await stored()).toEqual([]);
});

it("what it accepts is stored as it came, and not as it is transformed", async () => {
  const batch =
    '{"messages":[{"payload":{"to":7}},{"payload":{"to":"ada","n":12345678901234567890}}]}';
  const { status, body } = await ask("POST", "/queues/mail/messages/batch", batch);
  expect(status).toBe(202);
  expect(body.results).toMatchObject([{ error: { code: "PAYLOAD_REFUSED" } }, { id: /./ }]);
  const { text: received } = await ask("POST", "/queues/mail/receive", { max: 10 });
  expect(received).toContain('"payload":{"to":"ada","n":12345678901234567890}');
  expect(received).not.toContain('{"to":7}');
});

it("a dead letter keeps its payload where the schema refuses the other one", async () => {
  const { body } = await ask("POST", "/queues/mail/messages", { payload: { to: "ada" } });
  const taken = await ask("POST", "/queues/mail/receive", {});
  const [{ receiptHandle } = { receiptHandle: "" }] = taken.body.messages;
  await ask("POST", "/queues/mail/dead-letter", { receiptHandle, reason: "no such account" });
  const path = `/queues/mail/dead-letters/${body.id}`;
  expect(await ask("PUT", path, { payload: { to: 7 } })).toMatchObject({
    status: 422,
    body: { code: "PAYLOAD_REFUSED" },
  });
  expect((await ask("GET", path)).body).toMatchObject({ payload: { to: "ada" } });
  const edited = await ask("PUT", path, { payload: { to: "grace" } });
  expect(edited).toMatchObject({ status: 200, body: { payload: { to: "grace" } } });
});

it("a queue that declares no schema takes anything", async () => {
  expect((await ask("POST", "/queues/open/messages", { payload: { to: 7 } })).status).toBe(202);
  expect(await stored("open")).toMatchObject([{ payload: { to: 7 } }]);
});

it("a reload changes the schema", async () => {
  const send = async (to: unknown) =>
    (await ask("POST", "/queues/mail/messages", { payload: { to } })).status;
  expect([await send(7), await send("ada")]).toEqual([422, 202]);
  await project.write("alien.ts", alienTs("z.int()"));
  await reload();
  expect([await send(7), await send("ada")]).toEqual([202, 422]);
  expect(warnings).toEqual([]);
});
