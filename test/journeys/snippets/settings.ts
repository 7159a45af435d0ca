import {
  QueueClient,
  type QueueDriver,
  type QueueOptions,
  VirtualClock,
} from "@alienplatform/bindings";
import { environmentName, Queue, type Resource } from "@alienplatform/core";
import {
  LocalQueueDriver,
  localBinding,
  openLocalQueues,
  specOf,
} from "@alienplatform/local/runtime";
import type { TestQueues } from "@alienplatform/testing";
import { afterAll, expect, vi } from "vitest";
import { readAddress as readSqsAddress } from "../../../packages/aws/src/address.ts";
import { readAddress as readPubSubAddress } from "../../../packages/gcp/src/address.ts";
import { readBinding } from "../../../packages/sdk/src/read-binding.ts";
import type { Block } from "./blocks.ts";

/** What a page takes for granted. */
export interface Setting {
  /** Files of the project in which its commands are typed. */
  readonly files?: Readonly<Record<string, string>>;
  /** `alien dev` runs beside them. */
  readonly dev?: boolean;
  /** Typed before each line. */
  readonly typed?: string;
  /** Of its TypeScript, where what it names has to be declared in another way than by default. */
  readonly queues?: readonly Resource[];
  /** Handle what its programs send and wait for. */
  readonly handlers?: Readonly<Record<string, () => unknown>>;
  /** What its handlers and receivers are sent; "fetch" is for what serves HTTP. */
  readonly messages?: Readonly<Record<string, unknown>>;
  before?(queues: TestQueues): Promise<void>;
  /** Calls what a block exports. */
  use?(module: Readonly<Record<string, unknown>>, queues: TestQueues): Promise<void>;
  after?(queues: TestQueues): Promise<void>;
  /** Its JSON where nothing was typed whose output it could be. */
  json?(block: Block): void;
  /** Beside what a terminal has. */
  environment?(): Promise<NodeJS.ProcessEnv>;
}

/** A binding, or the address of one, is what the platform itself reads. */
function binding({ text }: Block): void {
  const written = JSON.parse(text);
  const whole = "platform" in written;
  const value = whole ? written : { version: 1, platform: "any", queue: "tasks", address: written };
  const environment = { [environmentName(value.queue)]: JSON.stringify(value) };
  const read = readBinding(value.queue, environment);
  expect(read).toMatchObject(value);
  // "what is left out is as above"
  const { options: _, ...rest } = value;
  if (value.queue === "tasks") {
    const defaults = { [environmentName("tasks")]: JSON.stringify(rest) };
    expect(read).toEqual(readBinding("tasks", defaults));
  }
  if (read === undefined || Object.keys(value.address).length === 0) return;
  const readAddress = "topic" in value.address ? readPubSubAddress : readSqsAddress;
  expect(readAddress(read)).toEqual(value.address);
}

/** As `alien dead export` writes it. */
const LETTER = JSON.stringify({
  version: 1,
  id: "01k2zt8q0c000001k5m8r2x7wd",
  body: '{"imageId":"12"}',
  headers: { kind: "json" },
  sentAt: Date.UTC(2026, 0, 1),
  deadAt: Date.UTC(2026, 0, 1),
  attempts: 1,
  history: [],
  source: "tasks",
  error: { code: "HANDLER_FAILED", message: "smtp down" },
});

/** A server that stands in for an account of Cloudflare's, until the page's end. */
async function account(): Promise<NodeJS.ProcessEnv> {
  const { AccountServer } = await import(
    "../../../packages/cloudflare/test/account/account-server.ts"
  );
  const server = await AccountServer.open(new VirtualClock());
  afterAll(() => server.close());
  return server.environment;
}

const stackOf = (queues: readonly string[], functions: Readonly<Record<string, string>> = {}) => `
import * as alien from "@alienplatform/core";
const stack = new alien.Stack("documented");
${queues.map((id) => `const ${id} = new alien.Queue("${id}").build();\nstack.add(${id});`).join("\n")}
${Object.entries(functions)
  .map(([id, queue]) => `stack.add(new alien.Function("${id}").trigger(${queue}).build());`)
  .join("\n")}
export default stack.build();
`;

/** Of the pages that need more than the project that `alien init` writes. */
export const settings: Readonly<Record<string, Setting>> = {
  "docs/bindings.md": { json: binding },
  "docs/dead-letters.md": {
    files: { "alien.ts": stackOf(["tasks"]), "letter.ndjson": LETTER },
    // Each line finds it again.
    typed: "alien dead import tasks letter.ndjson 2> /dev/null",
  },
  "docs/deploy.md": {
    files: {
      "alien.ts": stackOf(["tasks"], { worker: "tasks" }).replace(
        '"documented")',
        '"documented").platforms("cloudflare")',
      ),
    },
    environment: account,
  },
  "docs/dev.md": {
    files: {
      "shop/alien.ts": stackOf(["carts"]),
      "apps/billing/alien.ts": stackOf(["bills"]),
      "ci.env": "MAIL=off",
      "billing.js": `if (!process.env.ALIEN_SIGNING_SECRET) throw new Error("no secret");`,
    },
  },
  "docs/how-to.md": {
    files: {
      "alien.ts": stackOf(["tasks", "reports"], { worker: "tasks" }).replace(
        '"documented")',
        '"documented").platforms("cloudflare")',
      ),
    },
    environment: account,
    messages: { mails: { to: "ada@example.com" } },
  },
  "docs/http-api.md": { files: { "alien.ts": stackOf(["tasks"]) }, dev: true },
  "docs/jobs.md": {
    dev: true,
    files: {
      "alien.ts": stackOf(["pictures"], { worker: "pictures" }),
      "src/worker.ts": `import { deadLetter, onQueueMessage } from "@alienplatform/sdk";
onQueueMessage<{ name: string }>("pictures", ({ payload }) =>
  payload.name === "no.jpg" ? deadLetter("no such picture") : { width: 640 });
`,
    },
    handlers: { pictures: () => ({ width: 640 }) },
  },
  "docs/when-to-use.md": {
    handlers: { reports: () => ({ pages: 3 }) },
    messages: { downloads: { url: "data:text/plain,a page" } },
  },
  "examples/on-your-cloud/README.md": { json: binding },
  "packages/bindings/README.md": {
    async use({ example }) {
      const resource = new Queue("tasks").build();
      const queues = openLocalQueues({ directory: ".alien/bindings" });
      const driver = new LocalQueueDriver(
        queues,
        specOf(localBinding(resource, ".alien/bindings")),
      );
      // As the block declares it.
      const send = example as (driver: QueueDriver, options: QueueOptions) => Promise<void>;
      await send(driver, resource);
      const client = new QueueClient(driver, { queue: "tasks", options: resource });
      expect(await client.receive(10)).toHaveLength(1);
      await driver.close();
      await queues.close();
    },
  },
  "packages/cli/README.md": {
    files: {
      "alien.ts": stackOf(["tasks", "reports"], { worker: "tasks", "worker-next": "reports" }),
      "src/worker-next.ts": `import "./worker.ts";\n`,
    },
  },
  "packages/sdk/README.md": {
    async before() {
      vi.stubGlobal("fetch", async () => new Response());
    },
    async after() {
      vi.unstubAllGlobals();
    },
  },
};
