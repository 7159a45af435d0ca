import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { checkHandlers, type FunctionTarget, loadStack, packFunction } from "@alienplatform/deploy";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { project } from "./project.ts";

const target: FunctionTarget = {
  platform: "mars",
  entry: "./host.ts",
  alias: { "#runtime": "./platform.ts" },
};

const alienTs = (options = "") => `import { Function as Fn, Queue } from "@alienplatform/core";
const tasks = new Queue("tasks").build();
const mails = new Queue("mails").build();
new Fn("worker").trigger(tasks).trigger(mails)${options}.build();
`;

interface Given {
  readonly worker: string;
  /** Calls that the declaration of the function has beyond its triggers. */
  readonly options?: string;
  readonly target?: Partial<FunctionTarget>;
  readonly timeLimitMs?: number;
}

async function shop({ worker, options }: Pick<Given, "worker" | "options">): Promise<string> {
  const { directory } = await project({
    "package.json": `{ "name": "shop", "type": "module" }`,
    "alien.ts": alienTs(options),
    "platform.ts": "export const runtime = {};\n",
    "host.ts": "export const entry = () => () => undefined;\n",
    "src/worker.ts": worker,
  });
  return directory;
}

async function checkedIn(directory: string, given: Omit<Given, "worker" | "options"> = {}) {
  const stack = await loadStack(join(directory, "alien.ts"));
  const resource = stack.stack.resources.find(({ type }) => type === "function");
  if (resource?.type !== "function") throw new Error("the test declares no function");
  const options = { stack, function: resource, target: { ...target, ...given.target } };
  const { file } = await packFunction({ ...options, sources: {} });
  const { timeLimitMs } = given;
  return checkHandlers({ ...options, file, ...(timeLimitMs === undefined ? {} : { timeLimitMs }) });
}

const checked = async (given: Given) => checkedIn(await shop(given), given);

const nothing = { problems: [], warnings: [] };
const both = `import { onQueueMessage } from "@alienplatform/sdk";
for (const queue of ["tasks", "mails"]) onQueueMessage(queue, async () => undefined);
`;

describe("checkHandlers", () => {
  it("says nothing of a function that handles each of its queues, or all that come", async () => {
    expect(await checked({ worker: both })).toEqual(nothing);
    const fallback = both.replace(`["tasks", "mails"]`, `["*"]`);
    expect(await checked({ worker: fallback })).toEqual(nothing);
    const served = "export default { fetch: () => new Response() };\n";
    expect(await checked({ worker: served, options: ".http()" })).toEqual(nothing);
  });

  it("names the queue, the file and the line to write for each trigger without a handler", async () => {
    const { problems, warnings } = await checked({ worker: "export {};\n" });
    expect(warnings).toEqual([]);
    expect(problems).toEqual(
      ["tasks", "mails"].map((queue) => ({
        code: "HANDLER_MISSING",
        problem: `function "worker" is triggered by queue "${queue}"; src/worker.ts registers no handler for it`,
        fix: `Add to src/worker.ts: onQueueMessage("${queue}", async (message) => { ... }).`,
      })),
    );
  });

  it("sees the name that was mistyped, and the export that HTTP lacks", async () => {
    const typo = both.replace(`"mails"]`, `"mail"]`);
    expect((await checked({ worker: typo })).problems).toMatchObject([
      { problem: expect.stringContaining('registers no handler for it, but one for "mail"') },
    ]);
    expect((await checked({ worker: both, options: ".http()" })).problems).toMatchObject([
      { problem: "src/worker.ts has .http() and no default export with fetch" },
    ]);
  });

  it("warns with place and lines where the file cannot be loaded here, since elsewhere it may be", async () => {
    const { problems, warnings } = await checked({
      worker: `${both}interface Url { readonly text: string }\nthrow new RangeError("no database" satisfies Url["text"]);\n`,
    });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      {
        resource: "worker",
        warning:
          'whether function "worker" has a handler for each of its triggers is not known, since it cannot be loaded here: src/worker.ts:4:7: RangeError: no database',
        frame: expect.stringContaining(`> 4 | throw new RangeError("no database"`),
      },
    ]);
  });

  const HANGS = "setInterval(() => undefined, 9); await new Promise(() => undefined);";
  it.each([
    ["process.exit(3);", "process.exit(3) was called", 30_000],
    ["await new Promise(() => undefined);", "it awaits a promise that never settles", 30_000],
    [HANGS, "it did not finish loading within 1s", 1_000],
    ["for (;;);", "it did not finish loading within 1s", 1_000],
  ])("ends with a warning where the file says %s", async (worker, text, timeLimitMs) => {
    const { problems, warnings } = await checked({ worker, timeLimitMs });
    expect(problems).toEqual([]);
    expect(warnings).toMatchObject([{ warning: expect.stringContaining(text) }]);
  });

  it("reaches nobody while the file is loaded, and minds no connection that fails beside it", async () => {
    let asked = 0;
    const server = createServer((_, response) => response.end(String(++asked)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    // It listens on a port, as just asked.
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    const beside = `import { connect } from "node:net";\nconnect(${port}, "127.0.0.1");\nfetch("${url}");\n`;
    expect(await checked({ worker: both + beside })).toEqual(nothing);
    const { warnings } = await checked({ worker: `${both}await fetch("${url}");\n` });
    expect(warnings).toMatchObject([{ warning: expect.stringContaining("fetch failed") }]);
    expect(asked).toBe(0);
  });

  it("gives the file its own variables, something for its secrets, and nothing of the deployer's", async () => {
    vi.stubEnv("DEPLOYERS_TOKEN", "secret");
    onTestFinished(() => void vi.unstubAllEnvs());
    const wanted = `{ URL: "https://a.example", TOKEN: true, ALIEN_COLLECT: "1" }`;
    const worker = `${both}import { deepStrictEqual } from "node:assert";
const { URL, TOKEN, ALIEN_COLLECT, ...others } = process.env;
deepStrictEqual({ URL, TOKEN: Boolean(TOKEN), ALIEN_COLLECT }, ${wanted});
deepStrictEqual(others.DEPLOYERS_TOKEN, undefined);\n`;
    const options = `.environment({ URL: "https://a.example" }).secret("TOKEN")`;
    expect(await checked({ worker, options })).toEqual(nothing);
  });

  it("loads the same code once, and again when code or environment is another", async () => {
    const counting = `${both}import { appendFileSync } from "node:fs";\nappendFileSync("loads.txt", "x");\n`;
    const directory = await shop({ worker: counting.replace(`"mails"`, "") });
    const loads = () => readFile(join(directory, "loads.txt"), "utf8");
    const first = await checkedIn(directory);
    expect(first.problems).toHaveLength(1);
    expect(await checkedIn(directory)).toEqual(first);
    expect(await loads()).toBe("x");
    await writeFile(join(directory, "alien.ts"), alienTs(`.environment({ A: "1" })`));
    expect(await checkedIn(directory)).toEqual(first);
    expect(await loads()).toBe("xx");
    await writeFile(join(directory, "src/worker.ts"), counting);
    expect(await checkedIn(directory)).toEqual(nothing);
    expect(await loads()).toBe("xxx");
  });

  it("stands in for what only the host has", async () => {
    const worker = `${both}import { Base, env, default as all } from "mars:workers";
export class Room extends Base { name = env.ROOM.get("a"); }
new Room();
all.connect().then;\n`;
    const given = { runtime: "web", external: ["mars:*", "node:*"] } as const;
    expect(await checked({ worker, target: given })).toEqual(nothing);
  });
});
