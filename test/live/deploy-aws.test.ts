import { pause, systemClock } from "@alienplatform/bindings";
import { expect, it, onTestFinished } from "vitest";
import { Project } from "../../packages/cli/test/journey.ts";
import { sqs } from "./sqs.ts";

const missing = sqs.missing(process.env);
/** What is left of a run that was killed: `alien destroy --stage <this>`, or by the tags alien:stack and alien:stage. */
const stage = `t${Date.now().toString(36)}`;
const HANDLED_WITHIN_MS = 180_000;
const LOOK_MS = 5_000;

if (missing !== undefined)
  process.stderr.write(`deploying to AWS is not run: ${missing} is not set\n`);

it.skipIf(missing !== undefined)(
  "a stack is deployed, handles a message, and is destroyed",
  async () => {
    const project = await Project.create({
      "package.json": `{ "name": "alien-live", "type": "module" }`,
      "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
const worker = new alien.Function("worker").trigger(tasks).build();
export default new alien.Stack("alien-live").platforms("aws").add(tasks).add(worker).build();
`,
      "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
onQueueMessage<string>("tasks", (message, { log }) => log.info("handled " + message.payload));
`,
    });
    onTestFinished(() => project.remove());
    const alien = async (...args: readonly string[]) => {
      const answer = await project.alien(...args, "--stage", stage);
      process.stderr.write(`$ alien ${args.join(" ")}\n${answer.stderr}\n${answer.stdout}\n`);
      return answer;
    };
    // Before the folder with the state goes: the last one that is registered is the first to run.
    onTestFinished(async () => {
      const destroyed = await alien("destroy", "--yes", "--allow-data-loss", "tasks");
      expect(destroyed.status).toBe(0);
    }, 600_000);
    expect(await alien("deploy")).toMatchObject({ status: 0 });
    expect((await alien("deploy")).stdout).toContain("nothing to do");
    expect(await alien("queue", "send", "tasks", '"hello"')).toMatchObject({ status: 0 });
    // An emulator calls no function.
    if (process.env.AWS_ENDPOINT_URL !== undefined) return;
    const until = Date.now() + HANDLED_WITHIN_MS;
    for (;;) {
      const { stdout } = await alien("logs", "worker", "--filter", "handled");
      if (stdout.includes("handled hello")) break;
      expect(Date.now()).toBeLessThan(until);
      await pause(systemClock, LOOK_MS);
    }
  },
);
