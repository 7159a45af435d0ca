import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Log, LogLevel, Miniflare } from "miniflare";
import { parse } from "smol-toml";
import { afterAll, expect, it, onTestFinished, vi } from "vitest";
import { AccountServer } from "../../packages/cloudflare/test/account/account-server.ts";
import { AlienSession } from "./stage/alien-session.ts";

const server = await AccountServer.open();
afterAll(() => server.close());
for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);

/** What wrangler reads of such a file, and hands to miniflare: https://developers.cloudflare.com/workers/wrangler/configuration/ */
interface WranglerFile {
  readonly name: string;
  readonly main: string;
  readonly compatibility_date: string;
  readonly compatibility_flags: readonly string[];
  readonly no_bundle: boolean;
  readonly workers_dev: boolean;
  readonly vars: Readonly<Record<string, string>>;
  readonly d1_databases: readonly { readonly binding: string; readonly database_name: string }[];
  readonly queues: {
    readonly producers: readonly { readonly binding: string; readonly queue: string }[];
    readonly consumers: readonly {
      readonly queue: string;
      readonly max_batch_size: number;
      readonly max_batch_timeout: number;
      readonly max_retries: number;
      readonly dead_letter_queue: string;
      readonly retry_delay: number;
    }[];
  };
}

it("a stack is written for wrangler, and runs as it stands in the file", async () => {
  const session = await AlienSession.ofExample("http-and-queue");
  await session.edit("src/web.ts", "{ name });", "{ name }, { idempotencyKey: name });");
  const exported = await session.alien(
    "export",
    ...["--platform", "cloudflare", "--format", "wrangler", "--out", "out"],
  );
  expect(exported.stdout.split("\n")).toEqual([
    "out/web/wrangler.toml",
    "out/web/index.mjs",
    "out/web/index.mjs.map",
    "out/state.sql",
  ]);
  expect(exported.stderr).toContain("npx wrangler queues create http-and-queue-dev-signups-");
  expect(exported.stderr).toMatch(
    /npx wrangler d1 create (\S+)\n.*npx wrangler d1 execute \1 --remote --file state\.sql/,
  );
  expect(exported.stderr).toContain("npx wrangler deploy -c web/wrangler.toml");
  const folder = join(session.project.directory, "out", "web");
  // Our own file, of this shape.
  const text = await readFile(join(folder, "wrangler.toml"), "utf8");
  const config = parse(text) as unknown as WranglerFile;
  expect(config).toMatchObject({ name: "http-and-queue-dev-web", workers_dev: true });
  const heard = listen();
  const miniflare = await run(config, folder, heard.hear);
  onTestFinished(() => miniflare.dispose());
  // As `wrangler d1 execute --file` does.
  const database = await miniflare.getD1Database(config.d1_databases[0]?.binding ?? "");
  const schema = await readFile(join(folder, "..", "state.sql"), "utf8");
  for (const statement of schema.split(";\n").slice(0, -1)) await database.prepare(statement).run();
  const signUp = () => miniflare.dispatchFetch("http://worker/?name=ann", { method: "POST" });
  const answer = await signUp();
  expect(answer.status).toBe(202);
  await heard.line(/welcomed ann/);
  // The key is in the database by now.
  expect(await (await signUp()).json()).toEqual(await answer.json());
});

/** As wrangler would run it: with its queues, and the secret that nobody has set yet. */
async function run(
  config: WranglerFile,
  folder: string,
  hear: (text: string) => void,
): Promise<Miniflare> {
  expect(config.no_bundle).toBe(true);
  const { producers, consumers } = config.queues;
  const databases = config.d1_databases;
  const contents = await readFile(join(folder, config.main), "utf8");
  const miniflare = new Miniflare({
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (stdout: Readable) =>
      stdout.on("data", (chunk: Buffer) => hear(String(chunk))),
    name: config.name,
    modules: [{ type: "ESModule", path: config.main, contents }],
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: [...config.compatibility_flags],
    bindings: { ...config.vars, ALIEN_SIGNING_SECRET: "from .dev.vars" },
    d1Databases: Object.fromEntries(
      databases.map(({ binding, database_name }) => [binding, database_name]),
    ),
    queueProducers: Object.fromEntries(producers.map(({ binding, queue }) => [binding, queue])),
    queueConsumers: Object.fromEntries(
      consumers.map((each) => [
        each.queue,
        {
          maxBatchSize: each.max_batch_size,
          maxBatchTimeout: each.max_batch_timeout,
          maxRetries: each.max_retries,
          deadLetterQueue: each.dead_letter_queue,
          retryDelay: each.retry_delay,
        },
      ]),
    ),
  });
  await miniflare.ready;
  return miniflare;
}

/** What a Worker writes, and a promise for what it is to write. */
function listen() {
  let all = "";
  let wake = (): void => undefined;
  return {
    hear(text: string) {
      all += text;
      wake();
    },
    async line(wanted: RegExp) {
      while (!wanted.test(all)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
