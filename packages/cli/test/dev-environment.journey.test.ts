import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { Project } from "./journey.ts";

const LIMIT = { timeout: 180_000 };
const CANARY = "canary-7f3a91";

const STACK = `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
const worker = new alien.Function("worker").trigger(tasks).secret("PASSWORD").build();

export default new alien.Stack("sample").add(tasks).add(worker).build();
`;

/** Says what it was given, and of the secret only how long it is. */
const WORKER = `import { onQueueMessage } from "@alienplatform/sdk";

const { FIRST, SECOND, THIRD, OWN, PASSWORD = "" } = process.env;
onQueueMessage("tasks", () => {
  process.stdout.write([FIRST, SECOND, THIRD, OWN, PASSWORD.length].join(" ") + "\\n");
});
`;

async function sample(files: Readonly<Record<string, string>>): Promise<Project> {
  const project = await Project.create({ "alien.ts": STACK, "src/worker.ts": WORKER, ...files });
  onTestFinished(() => project.remove());
  return project;
}

it(
  "functions get the files that are named, secrets too; a saved one restarts them, and no value is told",
  LIMIT,
  async () => {
    const project = await sample({
      ".env": "FIRST=beside\nSECOND=beside\nTHIRD=beside\n",
      "one.env": `SECOND=one\nTHIRD=one\nOWN=one\nPASSWORD=${CANARY}\n`,
      "other/two.env": "THIRD=two\n",
    });
    vi.stubEnv("OWN", "process");
    onTestFinished(() => void vi.unstubAllEnvs());
    const dev = await project.dev("--json", "--dotenv", "one.env", "--dotenv=other/two.env");
    await project.send("tasks", {});
    expect(JSON.parse(await dev.line(/"output"/))).toMatchObject({
      line: `beside one two process ${CANARY.length}`,
    });

    await project.write("other/two.env", `THIRD=${"again"}\n`);
    expect(JSON.parse(await dev.line(/"type":"restarted"/))).toMatchObject({
      changed: ["other/two.env"],
    });
    await project.send("tasks", {});
    await dev.line(/beside one again process/);

    expect(dev.stdout.filter((line) => line.includes("stackReloaded"))).toEqual([]);

    // What is gone is said, and what runs goes on as it was.
    await rm(join(project.directory, "other/two.env"));
    expect(JSON.parse(await dev.line(/"type":"problem"/))).toMatchObject({
      error: { code: "OPTION_INVALID", message: expect.stringContaining("two.env") },
    });
    await project.send("tasks", {});
    await dev.line(/beside one again process/);
    await project.write("other/two.env", "THIRD=back\n");
    expect(JSON.parse(await dev.line(/"type":"restarted"/))).toMatchObject({
      changed: ["other/two.env"],
    });

    const ready = dev.stdout.find((line) => line.includes('"type":"ready"')) ?? "{}";
    const page: string = JSON.parse(ready).console;
    for (const path of ["/console/", "/queues", "/queues/tasks", "/events", "/openapi.json"]) {
      const answer = await fetch(new URL(path, page));
      const text = path === "/events" ? await firstPart(answer) : await answer.text();
      expect(text).not.toContain(CANARY);
    }
    expect(await dev.stop("SIGTERM")).toBe(143);
    expect([...dev.stdout, ...dev.stderr].filter((line) => line.includes(CANARY))).toEqual([]);
  },
);

it(
  "a line that sets nothing is told by its number alone, and so is a saved file that changes nothing",
  LIMIT,
  async () => {
    const project = await sample({
      ".env": `FIRST=beside\nSECOND ${CANARY}\nTHIRD=beside\n`,
      ".env.local": "OWN=file\n",
    });
    vi.stubEnv("OWN", "process");
    onTestFinished(() => void vi.unstubAllEnvs());
    const dev = await project.dev("--no-api");
    expect(dev.stderr.filter((line) => line.includes(".env:"))).toEqual([
      "warning  .env:2 sets nothing: write NAME=value, with a name without spaces, or begin it with # where it is a comment",
    ]);
    await project.send("tasks", {});
    await dev.line(/^\[worker\] beside {2}beside process 0$/);

    await project.write(".env.local", "OWN=another\n");
    expect(await dev.line(/^no variable has changed/)).toBe(
      "no variable has changed for the functions: .env.local; the environment of alien dev goes before, and has another OWN",
    );
    await project.write(".env", "FIRST=beside\nSECOND=saved\nTHIRD=beside\n");
    await dev.line(/^worker runs again, changed: \.env/);
    // Told when it is there anew.
    await project.write(".env", `FIRST=beside\nSECOND=saved\nTHIRD=beside\nPASSWORD: ${CANARY}\n`);
    expect(await dev.line(/^warning/)).toContain(".env:4 sets nothing");
    await dev.line(/^no variable has changed for the functions: \.env/);
    expect(await dev.stop("SIGTERM")).toBe(143);
    expect([...dev.stdout, ...dev.stderr].filter((line) => line.includes(CANARY))).toEqual([]);
  },
);

it("a named file that is not there ends the start, with what to do", LIMIT, async () => {
  const project = await sample({});
  // Typed, as node itself may look for what an option of a script seems to name.
  const refused = await project.alien("dev", "--no-api", "--dotenv", "no.env");
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain(
    `error OPTION_INVALID  --dotenv: there is no file ${join(project.directory, "no.env")}`,
  );
  expect(refused.stderr).toContain("Write its path from the folder that you are in");
});

it("a secret that no file has is asked for", LIMIT, async () => {
  const project = await sample({});
  const dev = await project.dev("--no-api");
  expect(dev.stderr.join("\n")).toContain(
    "function worker wants the secret PASSWORD: put it into .env.local, or into a file of --dotenv",
  );
  expect(await dev.stop("SIGTERM")).toBe(143);
});

/** What a stream says first. */
async function firstPart(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return new TextDecoder().decode(value);
}
