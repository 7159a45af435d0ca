import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { verifyRequest } from "@alienplatform/sdk/http";
import { afterEach, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";
import { stackFile, workerFile } from "./sample.ts";

// Each starts several processes from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

let project: Project;
const servers = new Set<() => void>();

afterEach(async () => {
  for (const close of servers) close();
  servers.clear();
  await project.remove();
});

it(
  "dev posts to an endpoint, signed with the secret of the data directory, and obeys its answers",
  LIMIT,
  async () => {
    const seen: unknown[] = [];
    const url = await receiver(async (body, headers) => {
      const message = await verifyRequest<string>({ headers, body }, await secretOf(project));
      seen.push([message.queue, message.payload, message.attempt]);
      if (message.payload === "later" && message.attempt === 1) return 503;
      return message.payload === "wrong" ? 422 : 200;
    });
    project = await Project.create({ "alien.ts": withEndpoint(`${url}?key=of-the-url`) });
    const dev = await project.dev();
    expect(dev.stderr).toContain(`  invoices -> billing  ${url}`);
    await project.send("invoices", "fine");
    expect(await dev.line(/attempt 1/)).toContain("attempt 1  ok");
    await project.send("invoices", "later");
    expect(await dev.line(/attempt 1/)).toContain(
      'retry in 10ms: endpoint "billing" answered 503 Service Unavailable',
    );
    expect(await dev.line(/attempt 2/)).toContain("ok");
    await project.send("invoices", "wrong");
    expect(await dev.line(/attempt 1/)).toContain("dead letter: ");
    const letters = await here(project.directory, "dead", "ls", "invoices", "--json");
    expect(letters.stdout).toContain('"code":"HTTP_422"');
    // Refused by the schema: it is never posted.
    await project.send("invoices", 42);
    expect(await dev.line(/attempt 1/)).toContain("the queue's schema refused the payload");
    expect(seen).toEqual([
      ["invoices", "fine", 1],
      ["invoices", "later", 1],
      ["invoices", "later", 2],
      ["invoices", "wrong", 1],
    ]);
    expect(await dev.stop("SIGTERM")).toBe(143);
    const said = [...dev.stdout, ...dev.stderr].join("\n");
    expect(said).not.toContain(await secretOf(project));
    expect(said).not.toContain("of-the-url");
    expect((await stat(secretFile(project))).mode & 0o777).toBe(0o600);
  },
);

it("a secret that the user has set is used, and another URL takes effect", LIMIT, async () => {
  const good = async (body: Buffer, headers: Record<string, string>) => {
    await verifyRequest({ headers, body }, "of the user");
    return 204;
  };
  const first = await receiver(good);
  const second = await receiver(good);
  project = await Project.create({
    "alien.ts": withEndpoint(first),
    ".env.local": "ALIEN_SIGNING_SECRET=of the user",
  });
  const dev = await project.dev();
  await project.send("invoices", "a");
  expect(await dev.line(/attempt 1/)).toContain("ok");
  await project.write("alien.ts", withEndpoint(second));
  await dev.line(/^billing runs again/);
  await project.send("invoices", "b");
  expect(await dev.line(/attempt 1/)).toContain("ok");
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it(
  "a function with http() and no handler gets its messages as signed requests",
  LIMIT,
  async () => {
    project = await Project.create({ "alien.ts": WITH_HTTP, "src/api.ts": API });
    const dev = await project.dev("--json");
    const { url } = JSON.parse(dev.stdout.find((line) => line.includes(`"type":"ready"`)) ?? "")
      .functions[0];
    await project.send("tasks", { say: "hello" });
    expect(JSON.parse(await dev.line(/"outcome"/))).toMatchObject({
      queue: "tasks",
      function: "api",
      outcome: "ack",
    });
    // What anybody can send to its port is no message.
    const body = JSON.stringify({ queue: "tasks", id: "1", payload: { say: "forged" } });
    const signature = `t=${Math.floor(Date.now() / 1_000)},v1=${"0".repeat(64)}`;
    for (const headers of [{}, { "x-alien-signature": signature }]) {
      const forged = { method: "POST", body, headers: { connection: "close", ...headers } };
      const answer = await fetch(url, forged);
      expect([answer.status, await answer.text()]).toEqual([401, "SIGNATURE_INVALID"]);
    }
    await project.send("tasks", { say: "throw" });
    expect(JSON.parse(await dev.line(/"outcome"/))).toMatchObject({
      outcome: "retry",
      reason: "as asked",
      place: expect.stringMatching(/^src\/api.ts:\d/),
    });
    expect(await dev.stop("SIGTERM")).toBe(143);
  },
);

it("a program beside dev has the secret, where there is something to verify", LIMIT, async () => {
  const script = "console.log('secret', process.env.ALIEN_SIGNING_SECRET)";
  project = await Project.create({ "alien.ts": withEndpoint("http://127.0.0.1:1/") });
  const beside = project.start("dev", "--", "node", "-e", script);
  expect(await beside.ended).toBe(0);
  expect(beside.stdout).toContain(`secret ${await secretOf(project)}`);
  // A stack without HTTP consumers has none, and no file is made for it.
  await project.remove();
  project = await Project.create({ "alien.ts": stackFile, "src/worker.ts": workerFile("hello") });
  const without = project.start("dev", "--", "node", "-e", script);
  expect(await without.ended).toBe(0);
  expect(without.stdout).toContain("secret undefined");
  await expect(secretOf(project)).rejects.toMatchObject({ code: "ENOENT" });
});

/** Somebody else's server on this machine; what `answer` throws is a 401. */
async function receiver(
  answer: (body: Buffer, headers: Record<string, string>) => Promise<number>,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    // None of ours is sent twice.
    const headers = request.headers as Record<string, string>;
    response.writeHead(await answer(body, headers).catch(() => 401)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port, as just asked
  return `http://127.0.0.1:${port}/jobs`;
}

function secretFile({ directory }: Project): string {
  return join(directory, ".alien/local/signing-secret");
}

async function secretOf(of: Project): Promise<string> {
  return (await readFile(secretFile(of), "utf8")).trim();
}

function withEndpoint(url: string): string {
  return `import * as alien from "@alienplatform/core";

const text = { "~standard": { version: 1, vendor: "own", validate: (value) =>
  typeof value === "string" ? { value } : { issues: [{ message: "not a string" }] } } };
const invoices = new alien.Queue("invoices").schema(text)
  .maxAttempts(2).backoff({ initial: "10ms", jitter: "none" }).build();
const billing = new alien.Endpoint("billing").url("${url}").trigger(invoices).build();
export default new alien.Stack("sample").add(invoices).add(billing).build();
`;
}

const WITH_HTTP = `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").backoff({ initial: "1m", jitter: "none" }).build();
export default new alien.Stack("sample")
  .add(tasks)
  .add(new alien.Function("api").trigger(tasks).http().build())
  .build();
`;

const API = `import { verifyRequest } from "@alienplatform/sdk/http";

export default {
  async fetch(request) {
    try {
      const { payload } = await verifyRequest(request, process.env.ALIEN_SIGNING_SECRET);
      if (payload.say !== "throw") return new Response("done");
    } catch (error) {
      return new Response(error.code, { status: 401 });
    }
    throw new Error("as asked");
  },
};
`;
