import { afterEach, expect, it } from "vitest";
import { Project } from "./journey.ts";
import { stackFile, workerFile } from "./sample.ts";

const LIMIT = { timeout: 180_000 };

let project: Project;

afterEach(() => project.remove());

/** Throws below a call of a package, so that the stack has frames of both. */
const THROWING = `import { onQueueMessage } from "@alienplatform/sdk";
import { twice } from "twice";

interface Mail { readonly to: string }

function deliver({ to }: Mail): void {
  throw new Error(\`no mailbox for \${to}\`);
}

onQueueMessage<Mail>("tasks", async ({ payload }) => {
  twice(() => deliver(payload));
});
`;

const FRAME = `    5 |
    6 | function deliver({ to }: Mail): void {
  > 7 |   throw new Error(\`no mailbox for \${to}\`);
      |         ^
    8 | }`;

it(
  "what a handler throws is shown in the source, once, without the calls of packages",
  LIMIT,
  async () => {
    project = await Project.create({
      "alien.ts": stackFile,
      "src/worker.ts": THROWING,
      "node_modules/twice/package.json":
        '{ "name": "twice", "type": "module", "main": "index.js" }',
      "node_modules/twice/index.js": "export function twice(run) {\n  run();\n  run();\n}\n",
    });
    const dev = await project.dev();
    await project.send("tasks", { to: "ada" });
    await dev.line(/dead letter: no mailbox for ada at src\/worker\.ts:7:9/);
    const said = dev.stdout.join("\n");
    expect(said).toContain(`retry in 10ms: no mailbox for ada at src/worker.ts:7:9`);
    expect(said.split(FRAME)).toHaveLength(2);
    expect(said).toMatch(
      /\n {4}at deliver \(src\/worker\.ts:7:9\)\n {4}at src\/worker\.ts:11:15\n {4}at src\/worker\.ts:11:3\n/,
    );
    expect(said).not.toMatch(/node_modules|node:internal|\.alien/);

    // New code, of which nothing was shown.
    await project.write("src/worker.ts", THROWING.replace("no mailbox", "no letterbox"));
    await dev.line(/^worker runs again/);
    await project.send("tasks", { to: "grace" });
    await dev.line(/throw new Error\(`no letterbox/);
    expect(await dev.stop("SIGTERM")).toBe(143);
  },
);

it("alien.ts or a function that cannot be loaded is shown in the source", LIMIT, async () => {
  project = await Project.create({
    "alien.ts": stackFile,
    "src/worker.ts": `${workerFile("hello")}\nconst settings: { url?: URL } = {};\nsettings.url!.host;\n`,
  });
  const dev = await project.dev();
  const thrown = dev.stderr.join("\n");
  expect(thrown).toMatch(
    /^error TypeError {2}Cannot read properties of undefined \(reading 'host'\)/,
  );
  expect(thrown).toContain("> 12 | settings.url!.host;\n       |               ^");
  expect(thrown).toContain("at src/worker.ts:12:15");
  expect(thrown).not.toMatch(/node:internal|alien explain|alien-entry/);

  await project.write("src/worker.ts", `import "no-such-package";\n${workerFile("hello")}`);
  const missing =
    /^error FUNCTION_BUILD_FAILED {2}src\/worker\.ts:1:8: "no-such-package" is not installed/;
  await dev.line(missing);
  await dev.line(/> 1 \| import "no-such-package";/);
  expect(await dev.line(/^ {2}fix {2}Run/)).toBe(
    "  fix  Run: npm install no-such-package; then save the file.",
  );

  await project.write("src/worker.ts", workerFile("hello"));
  await dev.line(/^worker runs again/);
  await project.write("alien.ts", stackFile.replace("new alien.Queue", "alien.Queueue"));
  await dev.line(
    /^error STACK_LOAD_FAILED {2}alien\.ts:3:\d+: TypeError: alien\.Queueue is not a function/,
  );
  await dev.line(/> 3 \| const tasks = alien\.Queueue\("tasks"\)/);
  await dev.line(/^ {2}fix {2}Correct alien\.ts, .+ \(until then what ran before goes on\)$/);
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it(
  "every function that cannot be built is shown, and a file that several share once",
  LIMIT,
  async () => {
    project = await Project.create({
      "alien.ts": `import * as alien from "@alienplatform/core";

const [a, b, c] = ["a", "b", "c"].map((id) => new alien.Queue(id).build());
const functions = [a, b, c].map((q) => new alien.Function(\`on-\${q.id}\`).trigger(q).build());
export default [a, b, c, ...functions].reduce((stack, each) => stack.add(each), new alien.Stack("shop")).build();
`,
      "src/on-a.ts": `import "./shared.ts";\n`,
      "src/on-b.ts": `import "./shared.ts";\n`,
      "src/on-c.ts": `import "./no-c.ts";\nimport "./no-d.ts";\n`,
      "src/shared.ts": "const shared = ;\n",
    });
    const dev = await project.dev("--no-api");
    const said = dev.stderr.join("\n");
    expect(said.split("> 1 | const shared = ;")).toHaveLength(2);
    expect(said).toMatch(
      /^error FUNCTION_BUILD_FAILED {2}on-[ab] cannot be built either, as above: src\/shared\.ts:1:16: Unexpected ";"$/m,
    );
    expect(said).toContain('> 1 | import "./no-c.ts";');
    expect(said).toContain('src/on-c.ts:2:8: Could not resolve "./no-d.ts"');
    expect(said).toContain('> 2 | import "./no-d.ts";');
    expect(await dev.stop("SIGTERM")).toBe(143);
  },
);
