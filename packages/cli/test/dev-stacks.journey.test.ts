import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";
import { stackFile, workerFile } from "./sample.ts";

const LIMIT = { timeout: 180_000 };

/** Two stacks of the same names: what one is sent is not the other's. */
async function two(): Promise<Project> {
  const project = await Project.create({
    "shop/alien.ts": stackFile,
    "shop/src/worker.ts": workerFile("shop"),
    "apps/billing/alien.ts": stackFile,
    "apps/billing/src/worker.ts": workerFile("billing"),
    "empty/README.md": "",
  });
  onTestFinished(() => project.remove());
  return project;
}

it(
  "several stacks run side by side, each with its own messages, console and changes",
  LIMIT,
  async () => {
    const project = await two();
    const dev = project.start("dev", "shop", "apps/billing/", "--json");
    const ready = [await dev.line(/"type":"ready"/), await dev.line(/"type":"ready"/)].map((line) =>
      JSON.parse(line),
    );
    const of = (folder: string) => ready.find((each) => each.folder === folder);
    expect(of("shop").directory).toBe(join(project.directory, "shop/.alien/local"));
    const consoles = ready.map((each) => each.console);
    expect(new Set(consoles).size).toBe(2);

    const send = (folder: string, name: string) =>
      here(join(project.directory, folder), "queue", "send", "tasks", JSON.stringify({ name }));
    await send("shop", "ada");
    expect(JSON.parse(await dev.line(/"output"/))).toMatchObject({
      folder: "shop",
      line: "shop, ada",
    });
    await send("apps/billing", "poison");
    expect(JSON.parse(await dev.line(/"deadLetter"/))).toMatchObject({ folder: "apps/billing" });
    const dead = async (folder: string) => {
      const answer = await fetch(new URL("/queues/tasks", of(folder).console));
      return ((await answer.json()) as { stats: { dead: number } }).stats.dead;
    };
    expect([await dead("shop"), await dead("apps/billing")]).toEqual([0, 1]);

    await project.write("apps/billing/src/worker.ts", workerFile("bills"));
    expect(JSON.parse(await dev.line(/"restarted"/))).toMatchObject({ folder: "apps/billing" });
    await send("apps/billing", "ada");
    expect(JSON.parse(await dev.line(/"output"/))).toMatchObject({ line: "bills, ada" });
    expect(await dev.stop("SIGTERM")).toBe(143);
  },
);

it(
  "each line says of which of several stacks it is; one that is named runs as from within",
  LIMIT,
  async () => {
    const project = await two();
    const both = project.start("dev", "shop", "apps/billing", "--no-api");
    await both.line(/^(shop|apps\/billing) \| ready in /);
    await both.line(/^(shop|apps\/billing) \| ready in /);
    expect(both.stderr).toContainEqual(expect.stringMatching(/^shop \| {3}tasks -> worker$/));
    expect(await both.stop("SIGINT")).toBe(130);

    const one = project.start(
      "dev",
      "shop",
      "--no-api",
      "--",
      process.execPath,
      "-p",
      "process.env.ALIEN_TASKS_BINDING",
    );
    expect(await one.line(/^\{/)).toContain(join(project.directory, "shop/.alien/local"));
    expect(await one.ended).toBe(0);
    expect(one.stderr).toContainEqual(expect.stringMatching(/^ready in /));
  },
);

it.each([
  [
    ["nowhere"],
    2,
    /there is no folder "nowhere": looked for .*\/nowhere\/alien\.ts[\s\S]*shop, apps\/billing/,
  ],
  [["shop", "empty"], 2, /there is no alien\.ts in "empty": looked for .*\/empty\/alien\.ts/],
  [["npm", "start"], 2, /there is no folder "npm"[\s\S]*after "--"/],
  [
    ["shop", "apps/billing", "--persist-to", "data"],
    2,
    /--persist-to is one directory[\s\S]*alien dev shop/,
  ],
  [
    ["shop", "apps/billing", "--", "npm", "start"],
    2,
    /beside 2 stacks[\s\S]*alien dev shop -- npm start/,
  ],
])(
  "what cannot be run is refused before anything runs: dev %j",
  LIMIT,
  async (words, status, said) => {
    const project = await two();
    const refused = await here(project.directory, "dev", ...words);
    expect(refused.stderr).toMatch(said);
    expect(refused.status).toBe(status);
  },
);
