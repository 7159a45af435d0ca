import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { withInput } from "../../../test/peers/support/aws/aws-call.ts";
import { AwsProxy } from "../../../test/peers/support/aws/aws-proxy.ts";
import { keptQueueAttributes } from "../../../test/peers/support/aws/kept-queue-attributes.ts";
import { localTables } from "../../../test/peers/support/aws/local-tables.ts";
import { consoleHere } from "./console-here.ts";
import { here, hereSignalled } from "./here.ts";
import { Project } from "./journey.ts";
import { misfits } from "./json-shapes.ts";
import { marked } from "./marked.ts";

/** A stack of queues alone, since what runs here needs Node alone: functions are deployed in test/peers. */
const alienTs = (options = "") => `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks")${options}.build();
export default new alien.Stack("shop").platforms("aws").add(tasks).build();
`;

let aws: Awaited<ReturnType<typeof startFauxqs>>;
let proxy: AwsProxy;
let tables: Awaited<ReturnType<typeof localTables>>;

beforeAll(async () => {
  aws = await startFauxqs({ port: 0, logger: false });
  proxy = await AwsProxy.listen(`http://127.0.0.1:${aws.port}`);
  proxy.use(keptQueueAttributes(["RedriveAllowPolicy", "SqsManagedSseEnabled"]));
  tables = await localTables();
  proxy.use(tables.layer);
  const own = proxy.endpoint.replace("127.0.0.1", "sqs.eu-central-1.localhost");
  // The host of its URLs has no address, and by another one it does not know them.
  proxy.use(async (call, pass) => {
    const { QueueUrl } = call.input;
    const named = typeof QueueUrl === "string" ? QueueUrl.replace(proxy.endpoint, own) : undefined;
    const { status, headers, body } = await pass(
      named === undefined ? call : withInput(call, { ...call.input, QueueUrl: named }),
    );
    const { "content-length": _, ...others } = headers;
    return {
      status,
      headers: others,
      body: Buffer.from(body.toString().replaceAll(own, proxy.endpoint)),
    };
  });
});
afterAll(async () => {
  await proxy.close();
  tables.close();
  await aws.stop();
});
beforeEach(() => {
  vi.stubEnv("AWS_ENDPOINT_URL", proxy.endpoint);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    delete process.env.ALIEN_TASKS_BINDING;
    return aws.purgeAll();
  });
});

async function shop(options?: string): Promise<Project> {
  const project = await Project.create({
    "package.json": `{ "name": "shop", "type": "module" }`,
    "alien.ts": alienTs(options),
  });
  onTestFinished(() => project.remove());
  return project;
}

it.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends a plan without an error, by its own status",
  async (signal) => {
    const project = await shop();
    let stop: (signal: NodeJS.Signals) => void = () => undefined;
    const away = proxy.use((call, pass) => {
      if (call.action === "GetQueueUrl") stop(signal);
      return pass(call);
    });
    const { status, stdout, stderr } = await hereSignalled(project.directory, ["plan"], (run) => {
      stop = run;
    });
    away();
    expect([status, stdout]).toEqual([signal === "SIGINT" ? 130 : 143, ""]);
    expect(stderr).toBe("stopping: nothing was changed; once more to end at once");
  },
);

describe("a stage of queues", () => {
  it("is planned, deployed, used, changed, repaired and destroyed", async () => {
    const project = await shop();
    const alien = (...args: readonly string[]) => here(project.directory, ...args);

    const planned = await alien("plan");
    expect(planned).toMatchObject({ status: 0, stderr: "" });
    expect(planned.stdout).toContain("  + sqs-queue  shop-dev-tasks\n      fifoQueue  false\n");
    expect(planned.stdout).toMatch(/3 to create$/);
    expect(await alien("status")).toMatchObject({ status: 3 });

    const deployed = await alien("deploy");
    expect([deployed.status, deployed.stderr]).toEqual([0, expect.any(String)]);
    expect(deployed.stderr).toMatch(/✓ created sqs-queue shop-dev-tasks {2}\S+$/m);
    expect(deployed.stdout).toMatch(/^deployed shop, stage dev: 3 changes in /);
    expect((await alien("deploy")).stdout).toBe("deployed shop, stage dev: nothing to do");
    expect((await alien("status")).stdout).toMatch(/tasks +queue\/tasks +sqs-queue +\S+ +ready/);
    for (const read of ["status", "refresh", "env", "secret ls", "state ls"]) {
      const { stdout } = await alien(...read.split(" "), "--json");
      expect(misfits(read, stdout)).toEqual([]);
    }
    expect(JSON.parse((await alien("plan", "--json")).stdout)).toMatchObject({ version: 1 });
    expect(JSON.parse((await alien("state", "pull", "--json")).stdout)).toHaveProperty("parts");

    const { status, stderr } = await alien("queue", "send", "tasks", "1", "--stage", "dev");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const stats = await alien("queue", "stats", "tasks", "--stage", "dev", "--json");
    expect(JSON.parse(stats.stdout)).toMatchObject({ queue: "tasks", ready: 1 });
    const info = await alien("queue", "info", "tasks", "--stage", "dev", "--json");
    expect([info.status, info.stderr]).toEqual([0, ""]);
    expect(misfits("queue info", info.stdout)).toEqual([]);
    const { platform, stage, capabilities } = JSON.parse(info.stdout);
    expect([platform, stage, capabilities.service]).toEqual(["aws", "dev", "SQS"]);
    const tail = await alien("queue", "tail", "tasks", "--stage", "dev", "-n", "1", "--json");
    expect([tail.status, tail.stderr]).toEqual([
      0,
      "SQS does not tell what happens to each message: these are counts, every 1s",
    ]);
    expect(misfits("queue tail", tail.stdout)).toEqual([]);
    expect((await alien("env")).stdout).toMatch(/^ALIEN_TASKS_BINDING=\{"version":1,/);
    const shown = await alien("env", "--policy", "send");
    expect(shown.stderr).toBe("");
    const policy = JSON.parse(shown.stdout);
    expect(policy.Statement[0]).toMatchObject({ Action: ["sqs:SendMessage"] });

    await project.write("alien.ts", alienTs(`.lease("45s")`));
    const changed = await alien("deploy");
    expect(changed.stderr).toContain("      visibilityTimeout  30 -> 45");
    expect(changed.stdout).toContain("1 change in");

    await setVisibility("5");
    const drifted = await alien("plan");
    expect(drifted.stdout).toContain("visibilityTimeout  5 -> 45  changed by somebody else");
    expect((await alien("plan", "--no-refresh")).stdout).toContain("nothing to do: 3 parts");
    const refreshed = await alien("refresh");
    expect(refreshed.stdout).toContain("visibilityTimeout  5 -> 45\n\n1 part changed by somebody");
    expect((await alien("deploy")).status).toBe(0);
    expect(await visibility()).toBe("45");

    const kept = await alien("destroy", "--yes");
    expect(kept.status).toBe(4);
    expect(kept.stderr).toContain("error DATA_LOSS");
    expect(await visibility()).toBe("45");
    const gone = await alien("destroy", "--yes", "--allow-data-loss", "tasks");
    expect(gone).toMatchObject({ status: 0 });
    expect(gone.stdout).toMatch(/^destroyed shop, stage dev: 3 parts in /);
    await expect(visibility()).rejects.toThrow("does not exist");
    const again = await alien("destroy", "--yes");
    expect(again).toMatchObject({
      status: 0,
      stdout: "nothing to destroy: there is nothing of shop, stage dev",
    });
  });

  it("is looked at and operated in the console, which points no queue at another function", async () => {
    const project = await shop();
    await here(project.directory, "deploy", "--stage", "page");
    // The console goes by alien.ts as it is now.
    await project.write(
      "alien.ts",
      alienTs(".schema(z.object({ to: z.string() }))")
        .replace("const tasks", `import { z } from "zod";\nconst tasks`)
        .replace(".add(tasks)", `.add(tasks).add(new alien.Function("worker").build())`),
    );
    const { ask, bearer, stop } = await consoleHere(project.directory, "--stage", "page");
    expect(await (await ask("GET", "/health")).json()).toMatchObject({
      platform: "aws",
      stage: "page",
    });
    const send = (to: unknown) =>
      ask("POST", "/queues/tasks/messages", { payload: { to } }, bearer);
    expect([(await send(7)).status, (await send("ada")).status]).toEqual([422, 202]);
    expect(await (await ask("GET", "/queues")).json()).toMatchObject({
      items: [{ id: "tasks", stats: { ready: 1 } }],
    });
    const pointed = await ask("PUT", "/bindings/tasks", { function: "worker" }, bearer);
    expect(pointed.status).toBe(501);
    expect(await pointed.json()).toMatchObject({
      code: "UNSUPPORTED",
      fix: 'Write new alien.Function("worker").trigger(tasks) in alien.ts and deploy.',
    });
    expect(await stop("SIGINT")).toBe(130);
    await expect(ask("GET", "/health")).rejects.toThrow("fetch failed");
  });

  it("keeps a plan, and applies that or nothing", async () => {
    const project = await shop();
    const alien = (...args: readonly string[]) => here(project.directory, ...args);
    const planned = await alien("plan", "--stage", "kept", "--out", "plan.json");
    expect(planned.stderr).toBe("kept; apply it with: alien deploy --plan plan.json");
    expect((await alien("deploy", "--stage", "kept", "--plan", "plan.json")).status).toBe(0);
    const again = await alien("deploy", "--stage", "kept", "--plan", "plan.json");
    expect(again.status).toBe(4);
    expect(again.stderr).toContain("error PLAN_STALE");
    await project.write("half.json", '{"version":1,"steps":[]}');
    const half = await alien("deploy", "--plan", "half.json");
    expect(half.stderr).toContain("error PLAN_REFUSED  half.json is no plan");
    expect(await alien("deploy", "--plan", "alien.ts")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("alien.ts is no plan"),
    });
  });

  it("asks before it deletes, and deletes nothing where nobody can be asked", async () => {
    const project = await shop();
    const alien = (...args: readonly string[]) => here(project.directory, ...args);
    await alien("deploy", "--stage", "asks");
    const refused = await alien("destroy", "--stage", "asks");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(
      "error CONFIRMATION_REQUIRED  this would delete 3 parts of stage asks",
    );
    expect((await alien("state", "ls", "--stage", "asks")).stdout).toMatch(/queue\/tasks .*ready/);
  });

  it("says how a secret is declared where there is none", async () => {
    const project = await shop();
    const alien = (...args: readonly string[]) => here(project.directory, ...args);
    await alien("deploy", "--stage", "open");
    expect(await alien("secret", "ls", "--stage", "open")).toMatchObject({
      status: 0,
      stdout:
        'no secrets; a function declares one with .secret("NAME") in alien.ts, and deploy makes it',
    });
    const unknown = await alien("secret", "set", "SMTP_PASSWORD", "--stage", "open");
    expect(unknown.status).toBe(3);
    expect(unknown.stderr).toContain("error SECRET_MISSING");
    const elsewhere = await alien("refresh", "--stage", "open", "--region", "mars-1");
    expect(elsewhere.status).toBe(1);
    expect(elsewhere.stderr).toContain('error REGION_INVALID  "mars-1" is not a region of AWS');
    const moved = await alien("secret", "ls", "--stage", "open", "--region", "us-east-1");
    expect(moved.status).toBe(4);
    expect(moved.stderr).toContain("error PLACE_CHANGED");
  });

  it("leaves alone what it has not made, unless it is told to take it over", async () => {
    const project = await shop();
    const alien = (...args: readonly string[]) => here(project.directory, ...args);
    await alien("deploy", "--stage", "lost");
    await alien("state", "rm", "queue/tasks", "--stage", "lost", "--yes");
    const lost = await alien("deploy", "--stage", "lost");
    expect(lost.status).toBe(4);
    expect(lost.stderr).toContain("--adopt all");
    expect(lost.stderr).toContain("error STATE_LOST");
    const adopted = await alien("deploy", "--stage", "lost", "--adopt", "tasks");
    expect(adopted).toMatchObject({ status: 0 });
    expect(adopted.stderr).toContain("took over sqs-queue shop-lost-tasks");
    expect((await alien("deploy", "--stage", "lost")).stdout).toContain("nothing to do");
  });

  it("says what an option lacks", async () => {
    const project = await shop();
    const alien = (...args: readonly string[]) => here(project.directory, ...args);
    expect(await alien("plan", "--stage", "Prod!")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--stage: "Prod!" is not a stage\'s name'),
    });
    expect(await alien("queue", "ls", "--platform", "aws")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Add --stage <name>"),
    });
    expect(await alien("plan", "--platform", "awz")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/--platform: there is no platform "awz"\n.+Did you mean aws\?/),
    });
    expect(await alien("plan", "--state", "ftp://a/b")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("no state can be kept in ftp://a/b"),
    });
    await project.write("alien.ts", alienTs().replace(`.platforms("aws")`, ""));
    expect(await alien("plan")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /the stack names no platform, and .+\n +fix +Add --platform aws \(aws, .+ or gcp\), or/,
      ),
    });
    await project.write("alien.ts", alienTs().replace(`"aws"`, `"local"`));
    expect(await alien("plan")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("the stack goes to local, where nothing is deployed yet"),
    });
    await project.write("alien.ts", alienTs());
    const typo = await alien("plan", "--allow-data-loss", "taks");
    expect([typo.status, typo.stderr]).toEqual([2, expect.stringMatching(/mean tasks\?/)]);
    // The table's, of which the state may know nothing, or by another name.
    expect(await alien("plan", "--allow-data-loss", "shop")).toMatchObject({ status: 0 });
  });

  it("is not taken for another region's, nor for nothing where its state is lost", async () => {
    const project = await shop();
    const alien = (...args: readonly string[]) =>
      here(project.directory, ...args, "--stage", "place");
    expect((await alien("deploy")).status).toBe(0);
    for (const command of [["refresh"], ["secret", "ls"], ["plan"], ["destroy", "--yes"]]) {
      const elsewhere = await alien(...command, "--region", "us-east-1");
      expect(elsewhere.stderr).toContain("error PLACE_CHANGED");
      expect(elsewhere.stderr + elsewhere.stdout).not.toContain("nothing to do");
      expect(elsewhere.status).not.toBe(0);
    }
    expect(proxy.calls.some(({ service }) => service === "scheduler")).toBe(false); // none is FIFO
    await rm(join(project.directory, ".alien/state"), { recursive: true });
    onTestFinished(proxy.use(marked("arn:aws:sqs:eu-central-1:000000000000:shop-place-tasks")));
    expect((await alien("destroy", "--yes")).stderr).toContain(
      'error STATE_LOST  there is what carries the marks of stage "place" (1 in all)',
    );
  });

  it("is refused where a function has no handler for its queue, before anything is made", async () => {
    const project = await shop();
    const alien = (...args: readonly string[]) => here(project.directory, ...args);
    await project.write(
      "alien.ts",
      alienTs()
        .replace(
          "export default",
          `const worker = new alien.Function("worker").trigger(tasks).build();\nexport default`,
        )
        .replace(".add(tasks)", ".add(tasks).add(worker)"),
    );
    await project.write("src/worker.ts", "export {};\n");
    const missing = `error HANDLER_MISSING  function "worker" is triggered by queue "tasks"; src/worker.ts registers no handler for it
  fix  Add to src/worker.ts: onQueueMessage("tasks", async (message) => { ... }).`;
    for (const command of [
      ["plan", "--no-refresh"],
      ["deploy", "--no-refresh"],
      ["export", "--format", "terraform"],
    ]) {
      const refused = await alien(...command);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain(missing);
    }
    expect(await alien("status")).toMatchObject({ status: 3 });
    await project.write("src/worker.ts", `throw new Error("no database");\n`);
    const warned = await alien("plan", "--no-refresh");
    expect(warned.status).toBe(0);
    expect(warned.stdout).toContain(
      'since it cannot be loaded here: src/worker.ts:1:7: no database\n  > 1 | throw new Error("no database");',
    );
  });

  it("is written for another tool", async () => {
    const project = await shop();
    const written = await here(project.directory, "export", "--format", "terraform");
    expect(written).toMatchObject({ status: 0, stdout: "infrastructure/main.tf.json" });
    expect(written.stderr).toBe("next:\n  terraform init\n  terraform apply");
    const text = await readFile(join(project.directory, "infrastructure/main.tf.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({ resource: { aws_sqs_queue: expect.anything() } });
    expect(await here(project.directory, "export", "--format", "pulumi")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Use --format cloudformation or terraform."),
    });
  });

  it("is kept in a bucket where --state says so", async () => {
    aws.createBucket("states");
    const project = await shop();
    const state = ["--stage", "shared", "--state", "s3://states/teams"] as const;
    const alien = (...args: readonly string[]) => here(project.directory, ...args, ...state);
    expect(await alien("deploy")).toMatchObject({ status: 0 });
    expect((await alien("state", "pull")).stdout).toContain('"stage": "shared"');
    expect((await alien("state", "unlock")).stdout).toBe("it is not locked");
    expect((await alien("destroy", "--yes")).status).toBe(0);
  });
});

const url = () => `${proxy.endpoint}/000000000000/shop-dev-tasks`;

/** Somebody at AWS's console. */
async function setVisibility(seconds: string): Promise<void> {
  const attributes = { VisibilityTimeout: seconds };
  await sqs().send(new SetQueueAttributesCommand({ QueueUrl: url(), Attributes: attributes }));
}

async function visibility(): Promise<string | undefined> {
  const { Attributes } = await sqs().send(
    new GetQueueAttributesCommand({ QueueUrl: url(), AttributeNames: ["All"] }),
  );
  return Attributes?.VisibilityTimeout;
}

function sqs(): SQSClient {
  const client = new SQSClient({});
  onTestFinished(() => client.destroy());
  return client;
}
