import { afterAll, beforeAll, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";
import { stackFile } from "./sample.ts";

const LIMIT = { timeout: 180_000 };

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    "alien.ts": stackFile,
    "src/worker.ts": `import { onQueueMessage, queue } from "@alienplatform/sdk";
onQueueMessage<{ large?: boolean }>("tasks", async ({ payload }) => {
  if (payload.large) await (await queue("tasks")).send("tasks", "x".repeat(200_000));
});
`,
  });
});

afterAll(() => project.remove());

it(
  "what the platform cannot do is refused in its own words, before anything runs",
  LIMIT,
  async () => {
    const limited = stackFile.replace(".maxAttempts(3)", ".maxAttempts(3).concurrency(1)");
    await project.write("alien.ts", limited);
    const refused = await here(project.directory, "dev", "--like", "aws", "--no-api");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(
      'error UNSUPPORTED  aws: queue "tasks" bounds its handlers to 1; ',
    );
    expect(refused.stderr).toContain("Declare .fifo() with one group, or .concurrency(2).");
    await project.write("alien.ts", stackFile);

    const unknown = await here(project.directory, "dev", "--like", "mainframe");
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toMatch(/^error OPTION_INVALID .*mainframe/);
    expect(unknown.stderr).toMatch(/Use one of aws, .*gcp/);
    const near = await here(project.directory, "dev", "--like", "awz");
    expect(near.status).toBe(2);
    expect(near.stderr).toContain("Did you mean aws?");
  },
);

it("a function is held to the platform's limits, and the seed is told", LIMIT, async () => {
  const dev = await project.dev("--like", "cloudflare", "--seed", "7");
  expect(await dev.line(/^warning/)).toContain("the same again with --like cloudflare --seed 7");
  await project.send("tasks", { large: true });
  const dead = await dev.line(/dead letter/);
  expect(dead).toMatch(/200\d{3} bytes; Cloudflare .* accepts 1\d{5}/);
  // At least once: some of these come again.
  await project.use("tasks", (client) =>
    client.sendBatch(Array.from({ length: 100 }, (_, n) => ({ payload: { n } }))),
  );
  await dev.line(/attempt 2 {2}ok/);
  expect(await dev.stop("SIGTERM")).toBe(143);
});
