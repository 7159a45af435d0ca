import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { FROM_SOURCE } from "../../../test/from-source.ts";

let project: string;

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), "alien-found-")));
  const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
  await symlink(modules, join(project, "node_modules"));
  await writeFile(
    join(project, "alien.ts"),
    `import { Queue } from "@alienplatform/core";
new Queue("tasks").build();
new Queue("mails").build();
`,
  );
});

afterAll(() => rm(project, { recursive: true }));

it("local queues are found by alien.ts, said once, without a look at a cloud's credentials, and no payload is printed", async () => {
  const credentials = {
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_PROFILE: "production",
    GOOGLE_APPLICATION_CREDENTIALS: join(project, "nowhere.json"),
    AZURE_CLIENT_SECRET: "example",
    CLOUDFLARE_API_TOKEN: "example",
  };
  const script = fileURLToPath(new URL("./fixtures/found-locally.ts", import.meta.url));
  const child = fork(script, {
    cwd: project,
    env: { ...process.env, ...credentials, NODE_ENV: "" },
    execArgv: [...FROM_SOURCE],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  child.stdout?.on("data", (text) => {
    said += text;
  });
  const read: string[] = [];
  child.on("message", (names: string[]) => read.push(...names));
  expect(await once(child, "close")).toEqual([0, null]);
  expect(said.match(/using the local queues of .*$/gm)).toEqual([
    `using the local queues of ${join(project, "alien.ts")}`,
  ]);
  expect(said).not.toContain("hunter2");
  // That it noticed anything at all.
  expect(read).toContain("ALIEN_MAILS_BINDING");
  expect(read.filter((name) => Object.keys(credentials).includes(name))).toEqual([]);
});
