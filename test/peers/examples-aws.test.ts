import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { inTemporaryDirectory } from "../../examples/in-temporary-directory.ts";
import { Program } from "../../examples/program.ts";
import { AlienSession } from "../journeys/stage/alien-session.ts";
import { LambdaHost } from "./support/aws/lambda-host.ts";
import { leftIn } from "./support/aws/left-in.ts";
import { startAws } from "./support/aws/start-aws.ts";

const { endpoint, region, ...aws } = await startAws();
const host = new LambdaHost({ endpoint, region, ...aws });
const AWS = ["--platform", "aws", "--stage", "dev"] as const;
/** Many programs, each a process of its own, on a machine that is busy with other work. */
const MOST_MS = 600_000;

beforeEach(() => {
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  vi.stubEnv("AWS_REGION", region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
afterEach(() => vi.unstubAllEnvs());

/** Deploys an example, runs its programs with what `alien env` prints, and destroys it, which leaves nothing. */
async function onAws(
  example: string,
  use: (session: AlienSession, directory: string) => Promise<void>,
  consent: readonly string[] = [],
): Promise<void> {
  const session = await AlienSession.ofExample(example);
  try {
    await session.alien("deploy", ...AWS, "--yes");
    const { stdout } = await session.alien("env", ...AWS, "--json");
    const { environment } = JSON.parse(stdout);
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, String(value));
    await inTemporaryDirectory((directory) => use(session, directory));
    expect(await leftIn({ endpoint, region })).not.toEqual([]);
    await session.alien("destroy", ...AWS, "--yes", ...consent);
    expect(await leftIn({ endpoint, region })).toEqual([]);
  } finally {
    session.show(example);
  }
}

async function runs(example: string, script: string, directory: string): Promise<Program> {
  const program = new Program(`./${example}`, script, directory);
  expect(await program.ends(), program.lines.join("\n")).toBe(0);
  return program;
}

it(
  "examples/accounts-in-order keeps its order on AWS, in a process of its own",
  () =>
    onAws("accounts-in-order", async (_session, directory) => {
      await runs("accounts-in-order", "send", directory);
      const worker = new Program("./accounts-in-order", "worker", directory);
      const accounts = ["ann", "bob", "cleo"];
      for (const account of accounts) await worker.says(`withdrawal of ${account}`);
      await worker.stop();
      for (const account of accounts) {
        expect(worker.lines.filter((line) => line.endsWith(` of ${account}`))).toEqual([
          `deposit of ${account}`,
          `withdrawal of ${account}`,
        ]);
      }
    }),
  MOST_MS,
);

it(
  "examples/dead-letters mends and redrives on AWS, and has a queue for its dead mails",
  () =>
    onAws("dead-letters", async (_session, directory) => {
      await runs("dead-letters", "send", directory);
      const worker = new Program("./dead-letters", "worker", directory);
      await worker.says("no mail to ada after 2 attempts: mailbox full");
      await worker.says('order 17 with an amount of "12.50"');
      let mended = "redrove 0";
      // It may be asked before the second attempt at the order has failed.
      while (mended === "redrove 0") {
        mended = await (await runs("dead-letters", "mend", directory)).says("redrove");
      }
      expect(await worker.says("charged")).toBe("charged 12.5 for order 17");
      await worker.stop();
    }),
  MOST_MS,
);

it(
  "examples/http-consumer gets what is sent, by a function of AWS that signs it",
  async () => {
    vi.stubEnv("ALIEN_SIGNING_SECRET", "of this test");
    vi.stubEnv("PORT", "0");
    await inTemporaryDirectory(async (directory) => {
      const receiver = new Program("./http-consumer", "receiver", directory);
      const port = /port: (\d+)/.exec(await receiver.says("listening"))?.[1] ?? "";
      vi.stubEnv("PORT", port);
      await onAws(
        "http-consumer",
        async (session) => {
          await session.alienReads("of this test", "secret", "set", "ALIEN_SIGNING_SECRET", ...AWS);
          await runs("http-consumer", "send", directory);
          await receiver.says("billed 40 at attempt");
          await receiver.says("billed 2 at attempt");
          await host.handled((batches) => batches.flatMap(({ deleted }) => deleted).length === 2);
          const kept = await session.tries("destroy", ...AWS, "--yes");
          expect(kept.stderr).toContain("loses its value");
        },
        ["--allow-data-loss", "billing"],
      );
      await receiver.stop();
    });
  },
  MOST_MS,
);
