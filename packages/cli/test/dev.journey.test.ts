import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";
import { stackFile, workerFile } from "./sample.ts";

// Each starts several processes from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

let project: Project;

afterEach(() => project.remove());

it(
  "dev handles what another process sends, retries what fails, and says so line by line",
  LIMIT,
  async () => {
    project = await sample();
    const dev = await project.dev();
    expect(dev.stderr.join("\n")).toContain("tasks -> worker");

    const sent = await project.alien("queue", "send", "tasks", '{"name":"Ada"}');
    expect(sent).toMatchObject({ status: 0, stderr: "" });
    expect(await dev.line(/hello/)).toBe("[worker] hello, Ada");
    const line = await dev.line(/tasks -> worker/);
    expect(line).toMatch(/^\d\d:\d\d:\d\d {2}tasks -> worker {2}\w{26} {2}attempt 1 {2}ok {2}\d/);
    expect(line).toContain(`  ${sent.stdout}  `);

    await project.send("tasks", { name: "fail" });
    expect(await dev.line(/attempt 1/)).toMatch(
      /retry in 10ms: not yet at src\/worker.ts:\d+:\d+ /,
    );
    expect(await dev.line(/attempt 2/)).toContain("ok");

    await project.send("tasks", { name: "poison" });
    expect(await dev.line(/attempt 1/)).toContain("dead letter: no such account");

    expect(await dev.stop("SIGTERM")).toBe(143);
    expect(dev.stderr.at(-1)).toMatch(/^stopped in /);
  },
);

it(
  "a source change takes effect, a build error does not stop what runs, and no message is lost",
  LIMIT,
  async () => {
    project = await sample();
    const dev = await project.dev();
    await project.write("src/worker.ts", workerFile("good day"));
    expect(await dev.line(/^worker runs again/)).toContain("changed: src/worker.ts");
    await project.send("tasks", { name: "Ada" });
    expect(await dev.line(/, Ada/)).toBe("[worker] good day, Ada");

    await project.write("src/worker.ts", "const = 1;");
    await dev.line(/^error FUNCTION_BUILD_FAILED {2}src\/worker\.ts:1:7/);
    await dev.line(/const = 1;/);
    const goesOn = /^ {2}fix {2}.+ \(until then what ran before goes on\)$/;
    await dev.line(goesOn);
    await project.send("tasks", { name: "Grace" });
    expect(await dev.line(/, Grace/)).toBe("[worker] good day, Grace");

    await project.write("src/worker.ts", 'throw new Error("not today");');
    await dev.line(/^error Error {2}not today/);
    await dev.line(goesOn);
    await rm(join(project.directory, "src/worker.ts"));
    await dev.line(/^error /);
    await dev.line(goesOn);

    await project.write("src/worker.ts", workerFile("good night"));
    await dev.line(/^worker runs again/);
    await project.send("tasks", { name: "Alan" });
    expect(await dev.line(/, Alan/)).toBe("[worker] good night, Alan");
    expect(await dev.stop("SIGINT")).toBe(130);
  },
);

it("messages that are sent while functions are replaced are each handled once", LIMIT, async () => {
  project = await sample();
  const dev = await project.dev("--json");
  let replacing = true;
  const sending = project.use("tasks", async (client) => {
    const ids: string[] = [];
    while (replacing) ids.push((await client.send("tasks", { name: String(ids.length) })).id);
    return ids;
  });
  try {
    for (const greeting of ["one", "two", "three"]) {
      await project.write("src/worker.ts", workerFile(greeting));
      await dev.line(/"type":"restarted"/);
    }
  } finally {
    // Also where dev has ended: nobody else stops the sending.
    replacing = false;
  }
  const sent = await sending;
  const handled = () => events(dev.stdout).flatMap(({ outcome, id }) => (outcome ? [id] : []));
  while (handled().length < sent.length) await dev.line(/"type":"delivery"/);
  expect(await dev.stop("SIGTERM")).toBe(143);
  expect(events(dev.stdout).filter(({ outcome }) => outcome && outcome !== "ack")).toEqual([]);
  expect(handled().sort()).toEqual(sent.sort());
  // What handlers printed tells of a run that was cut off before its acknowledgement, too.
  const runs = events(dev.stdout).flatMap(({ line }) => (line ? [line.split(", ")[1]] : []));
  expect(runs.sort()).toEqual([...sent.keys()].map(String).sort());
});

it("a worker that crashes is started again and gets its message back", LIMIT, async () => {
  project = await sample();
  const dev = await project.dev();
  await project.send("tasks", { name: "crash" });
  expect(await dev.line(/^crashed/)).toContain(
    "worker ended with exit code 7; starts again in 250ms",
  );
  expect(await dev.line(/hello/)).toBe("[worker] hello, crash");
  expect(await dev.line(/attempt 2/)).toContain("ok");
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it(
  "messages survive a restart, and --reset forgets them unless somebody uses them",
  LIMIT,
  async () => {
    project = await sample();
    await project.send("tasks", { name: "Ada" });
    const dev = await project.dev();
    expect(await dev.line(/hello/)).toBe("[worker] hello, Ada");
    await dev.line(/attempt 1 {2}ok/);

    const refused = await project.alien("dev", "--reset");
    expect(refused.status).toBe(4);
    expect(refused.stderr).toContain("error STORAGE_IN_USE");

    await project.send("tasks", { name: "poison" });
    await dev.line(/dead letter/);
    expect(await dev.stop("SIGTERM")).toBe(143);
    expect((await here(project.directory, "dead", "ls", "tasks")).stdout).toContain(
      "no such account",
    );
    const reset = await project.dev("--reset");
    expect(await reset.stop("SIGTERM")).toBe(143);
    expect((await here(project.directory, "dead", "ls", "tasks")).stderr).toContain(
      "no dead letters",
    );
  },
);

it("a change of alien.ts adds and removes queues and functions", LIMIT, async () => {
  project = await sample();
  const dev = await project.dev();
  await project.write("src/mailer.ts", workerFile("dear").replaceAll('"tasks"', '"mails"'));
  await project.write("alien.ts", WITH_MAILS);
  expect(await dev.line(/^alien.ts reloaded/)).toBe(
    "alien.ts reloaded: + mails, + mailer, - worker",
  );
  await project.send("mails", { name: "Ada" });
  expect(await dev.line(/dear/)).toBe("[mailer] dear, Ada");

  await project.write("alien.ts", "export default 1 +;");
  await dev.line(/^error STACK_LOAD_FAILED {2}alien\.ts:1:19/);
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it("an added function whose file is missing is said not to run", LIMIT, async () => {
  project = await sample();
  const dev = await project.dev();
  await project.write("alien.ts", WITH_MAILS);
  expect(await dev.line(/^alien.ts reloaded/)).toBe(
    "alien.ts reloaded: + mails, + mailer (does not run, see above), - worker",
  );
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it("what is wrong in alien.ts is said once, though a function imports it too", LIMIT, async () => {
  // With a schema, the generated entry loads alien.ts as well.
  const schema = '{ "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }) } }';
  const stack = `import * as alien from "@alienplatform/core";
export const tasks = new alien.Queue("tasks").schema(${schema}).maxAttempts(3).build();
const mails = new alien.Queue("mails").build();
const worker = new alien.Function("worker").trigger(tasks).build();
const mailer = new alien.Function("mailer").trigger(mails).build();
export default new alien.Stack("sample").add(tasks).add(mails).add(worker).add(mailer).build();
`;
  const worker = (greeting: string) =>
    `import { tasks } from "../alien.ts";\n${workerFile(greeting).replace('"tasks"', "tasks")}`;
  const mailer = (greeting: string) => workerFile(greeting).replaceAll('"tasks"', '"mails"');
  project = await Project.create({
    "alien.ts": stack,
    "src/worker.ts": worker("hello"),
    "src/mailer.ts": mailer("hello"),
  });
  const dev = await project.dev();
  await project.write("alien.ts", stack.replace("maxAttempts(3)", "maxAttempts(300)"));
  await dev.line(/^error DECLARATION_INVALID/);
  // Changes are handled in turn: by now nothing more comes of the one before.
  await project.write("src/mailer.ts", mailer("dear"));
  await dev.line(/^mailer runs again/);
  expect(dev.stderr.filter((line) => /^error|^crashed|^\[worker\]/.test(line))).toHaveLength(1);
  // Its own change is built all the same, and its process says why it cannot start.
  await project.write("src/worker.ts", worker("dear"));
  await dev.line(/^error DECLARATION_INVALID/);
  await project.write("alien.ts", stack);
  await dev.line(/^worker runs again, changed: alien.ts/);
  expect(dev.stderr.filter((line) => /^crashed|^\[worker\]/.test(line))).toEqual([]);
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it(
  "a function with http() answers at its URL and consumes in the same process",
  LIMIT,
  async () => {
    project = await Project.create({ "alien.ts": WITH_HTTP, "src/api.ts": API });
    const dev = await project.dev("--json");
    const ready = events(dev.stdout).find(({ type }) => type === "ready");
    const url: string = ready?.functions[0].url;
    expect(await get(url)).toBe("0 handled");
    await project.send("tasks", {});
    await dev.line(/"outcome":"ack"/);
    expect(await get(url)).toBe("1 handled");
    await project.write("src/api.ts", API.replace("handled", "done"));
    await dev.line(/"type":"restarted"/);
    expect(await get(url)).toBe("0 done");
    expect(await dev.stop("SIGTERM")).toBe(143);
  },
);

it("a program beside dev gets the queues and .env, and its exit code is dev's", LIMIT, async () => {
  project = await sample();
  await project.write(".env", "GREETING=from-env\nLOCAL=no");
  await project.write(".env.local", "LOCAL=yes");
  const script =
    "console.log(process.env.GREETING, process.env.LOCAL, JSON.parse(process.env.ALIEN_TASKS_BINDING).queue); process.exit(5)";
  const dev = project.start("dev", "--", "node", "-e", script);
  expect(await dev.ended).toBe(5);
  expect(dev.stdout).toContain("from-env yes tasks");
  expect(await readFile(join(project.directory, ".alien/.gitignore"), "utf8")).toBe("*\n");
});

it(
  "what a platform that the stack names cannot do is refused with what to write, before anything runs",
  LIMIT,
  async () => {
    project = await Project.create({ "alien.ts": FOR_ELSEWHERE });
    const { status, stderr } = await project.alien("dev");
    expect(status).toBe(1);
    expect(stderr).toContain("error UNSUPPORTED");
    expect(stderr).toContain('cloudflare: queue "tasks" is FIFO');
    expect(stderr).toContain("Leave out .fifo()");
  },
);

it("a function that cannot start says why, and starts once that is corrected", LIMIT, async () => {
  project = await sample();
  await project.write("src/worker.ts", workerFile("hello").replaceAll('"tasks"', '"taks"'));
  const dev = await project.dev();
  await dev.line(/tasks -> worker {2}does not run, see above/);
  expect(dev.stderr[0]).toMatch(/^error HANDLER_MISSING/);
  expect(dev.stderr.join("\n")).not.toContain("what ran before goes on");
  await project.write("src/worker.ts", workerFile("hello"));
  await dev.line(/^worker runs again/);
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it("a port that is taken is named, and so is a program that does not exist", LIMIT, async () => {
  project = await Project.create({ "alien.ts": WITH_HTTP, "src/api.ts": API });
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo; // it listens on a port, as just asked
  const refused = await project.alien("dev", "--port", String(port));
  taken.close();
  expect(refused.status).toBe(4);
  expect(refused.stderr).toMatch(new RegExp(`^error PORT_IN_USE {2}port ${port} is in use`));
  const missing = await project.alien("dev", "--", "no-such-program");
  expect(missing.status).toBe(2);
  expect(missing.stderr).toContain('"no-such-program" could not be started');
});

function sample(): Promise<Project> {
  return Project.create({ "alien.ts": stackFile, "src/worker.ts": workerFile("hello") });
}

/** A connection of its own: one that is kept would end with the process that it leads to. */
async function get(url: string): Promise<string> {
  const response = await fetch(url, { headers: { connection: "close" } });
  return response.text();
}

/** The events that `alien dev --json` wrote, among the lines of a program beside it. */
function events(lines: readonly string[]) {
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

const WITH_MAILS = `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
const mails = new alien.Queue("mails").build();
const mailer = new alien.Function("mailer").trigger(mails).build();

export default new alien.Stack("sample").add(tasks).add(mails).add(mailer).build();
`;

const WITH_HTTP = `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
export default new alien.Stack("sample")
  .add(tasks)
  .add(new alien.Function("api").trigger(tasks).http().build())
  .build();
`;

const API = `import { onQueueMessage } from "@alienplatform/sdk";

let count = 0;
onQueueMessage("tasks", async () => {
  count += 1;
});

export default { fetch: () => new Response(count + " handled") };
`;

const FOR_ELSEWHERE = `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").fifo().build();
export default new alien.Stack("sample").platforms("cloudflare").add(tasks).build();
`;

it("a function whose file never ends its loading does not hold up Ctrl-C", LIMIT, async () => {
  project = await sample();
  await project.write(
    "src/worker.ts",
    `process.stdout.write("loading\\n");
await new Promise(() => setInterval(() => undefined, 1_000));
${workerFile("never")}`,
  );
  const dev = project.start("dev", "--no-api", "--json");
  await dev.line(/loading/);
  expect(await dev.stop("SIGINT")).toBe(130);
  const { durationMs } = JSON.parse(await dev.line(/"type":"stopped"/));
  // As long as handlers have, of which there is none.
  expect(durationMs).toBeLessThan(30_000);
});
