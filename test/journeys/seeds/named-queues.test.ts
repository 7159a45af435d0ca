import * as alien from "@alienplatform/core";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import "@alienplatform/testing/vitest";
import { afterEach, expect, it } from "vitest";
import { here } from "../../../packages/cli/test/here.ts";
import { Project } from "../../../packages/cli/test/journey.ts";

// Named queues that are defined in one place: work is handed to a function by name, with retries, a bound on
// what runs at once, order by a field of the payload, and dead letters.

// Each starts several processes from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

const emails = new alien.Queue("emails")
  .concurrency(3)
  .maxAttempts(6)
  .backoff({ initial: "5s", jitter: "none" })
  .build();
const ledger = new alien.Queue("ledger").fifo({ group: "account_id" }).build();

let queues: TestQueues | undefined;
let project: Project | undefined;
afterEach(async () => {
  await queues?.close();
  await project?.remove();
  queues = undefined;
  project = undefined;
});

async function open(...declared: readonly alien.QueueResource[]): Promise<TestQueues> {
  queues = await createTestQueues(declared);
  return queues;
}

it("a send is acknowledged with an id at once, and does not wait for the work", async () => {
  const opened = await open(emails);
  let handled = 0;
  onQueueMessage("emails", () => handled++);
  const { id } = await (await queue("emails")).send("emails", { to: "ada@example.com" });
  expect(id).toMatch(/^[0-9a-z]{26}$/);
  expect(handled).toBe(0);
  await opened.drain();
  expect(handled).toBe(1);
});

it("a function gets the payload as its input and need not know of the queue", async () => {
  const opened = await open(ledger);
  const inputs: unknown[] = [];
  onQueueMessage("ledger", { deposit: (input) => void inputs.push(input) });
  const input = { account_id: "acct_A", amount: 100 };
  await (await queue("ledger")).call("deposit", input);
  await opened.drain();
  expect(inputs).toEqual([input]);
});

it("an unknown queue, and a FIFO payload without its group, are refused when it is sent", async () => {
  const opened = await open(emails, ledger);
  await expect((await queue("email")).send("email", { to: "ada" })).rejects.toMatchObject({
    code: "UNKNOWN_QUEUE",
    fix: expect.stringContaining('"emails"'),
  });
  const transactions = await queue("ledger");
  for (const payload of [{ amount: 1 }, { account_id: null, amount: 1 }]) {
    await expect(transactions.send("ledger", payload)).rejects.toMatchObject({
      code: "GROUP_MISSING",
      message: expect.stringContaining("account_id"),
    });
  }
  expect(ledger).not.toHaveSent();
  await expect(ledger).toHaveNoMessages();
  expect(opened.sent("emails")).toEqual([]);
});

it("transactions of an account are applied in order, while those of others go on", async () => {
  const opened = await open(ledger);
  const applied: string[] = [];
  onQueueMessage<Transaction>("ledger", ({ payload, attempt }) => {
    if (payload.account_id === "acct_A" && payload.type === "deposit" && attempt === 1) {
      throw new Error("the bank is busy");
    }
    applied.push(`${payload.account_id} ${payload.type}`);
  });
  const transactions = await queue<Transaction>("ledger");
  for (const account_id of ["acct_A", "acct_B"]) {
    await transactions.send({ account_id, type: "deposit", amount: 100 });
    await transactions.send({ account_id, type: "withdraw", amount: 100 });
  }
  await opened.drain({ until: "empty" });
  expect(applied).toEqual([
    "acct_B deposit",
    "acct_B withdraw",
    "acct_A deposit",
    "acct_A withdraw",
  ]);
});

it.each([
  ["1s", [1_000, 2_000, 4_000, 8_000, 16_000]],
  ["2s", [2_000, 4_000, 8_000, 16_000, 32_000]],
] as const)("failed jobs are retried with the exact series from %s on", async (initial, series) => {
  const payments = new alien.Queue("payments")
    .maxAttempts(6)
    .backoff({ initial, jitter: "none" })
    .build();
  const opened = await open(payments);
  const times: number[] = [];
  onQueueMessage("payments", () => {
    times.push(opened.clock.now());
    throw new Error("declined");
  });
  await (await queue("payments")).send("payments", { cents: 1 });
  await opened.drain({ until: "empty" });
  expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual(series);
});

it("what has used up its attempts is in the dead letters with its error, and comes back by a redrive", async () => {
  const opened = await open(emails);
  let broken = true;
  onQueueMessage("emails", () => {
    if (broken) throw new Error("mailbox unknown");
  });
  const { id } = await (await queue("emails")).send("emails", { to: "ada" });
  await opened.drain({ until: "empty" });
  await expect(emails).toHaveDeadLetter({ id, error: "mailbox unknown", attempts: 6 });
  broken = false;
  await opened.operate(emails).dead.redrive([id]);
  expect(await opened.drain()).toMatchObject([{ id, attempt: 1, outcome: "ack" }]);
  await expect(emails).toHaveMessages({ ready: 0, dead: 0 });
});

it("at most three mails are in flight, and a failed one is sent again after 5, 10, 20, 40 and 80 s", async () => {
  const opened = await open(emails);
  const waiting: (() => void)[] = [];
  const delays: (number | undefined)[] = [];
  let failing = false;
  onQueueMessage("emails", () => {
    if (failing) throw new Error("rate limited");
    return new Promise<void>((resolve) => waiting.push(resolve));
  });
  const client = await queue("emails");
  for (let n = 0; n < 7; n++) await client.send("emails", { n });
  const draining = opened.drain({ concurrency: 100 });
  for (let done = 0; done < 7; ) {
    await opened.clock.advance(0);
    expect(waiting).toHaveLength(Math.min(3, 7 - done));
    for (const resolve of waiting.splice(0)) {
      resolve();
      done++;
    }
  }
  await draining;
  failing = true;
  await client.send("emails", { n: 8 });
  for (const { delayMs } of await opened.drain({ until: "empty" })) delays.push(delayMs);
  expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, undefined]);
});

it("a FIFO queue handles one message of a group at a time, and groups side by side", async () => {
  const opened = await open(ledger);
  const running: string[] = [];
  const finish: (() => void)[] = [];
  onQueueMessage<Transaction>("ledger", ({ payload }) => {
    running.push(`${payload.account_id}${payload.amount}`);
    return new Promise<void>((resolve) => finish.push(resolve));
  });
  const transactions = await queue<Transaction>("ledger");
  for (const amount of [1, 2]) {
    for (const account_id of ["A", "B"]) {
      await transactions.send({ account_id, type: "deposit", amount });
    }
  }
  const draining = opened.drain({ concurrency: 10 });
  await opened.clock.advance(0);
  expect(running).toEqual(["A1", "B1"]);
  for (const resolve of finish.splice(0)) resolve();
  await opened.clock.advance(0);
  expect(running).toEqual(["A1", "B1", "A2", "B2"]);
  for (const resolve of finish) resolve();
  await draining;
});

it(
  "an HTTP endpoint answers at once and a queue does the rest, in order per account",
  LIMIT,
  async () => {
    project = await Project.create({
      "alien.ts": STACK,
      "src/api.ts": API,
      "src/worker.ts": WORKER,
    });
    const dev = await project.dev("--json");
    const ready = dev.stdout.find((line) => line.includes('"type":"ready"')) ?? "";
    const { functions } = JSON.parse(ready) as {
      functions: { id: string; url?: string }[]; // what dev prints
    };
    const url = functions.find(({ id }) => id === "api")?.url ?? "";
    const post = (body: unknown) =>
      fetch(url, { method: "POST", body: JSON.stringify(body), headers: { connection: "close" } });
    const accepted = await post({ account_id: "acct_A", type: "deposit", amount: 100 });
    expect(accepted.status).toBe(202);
    expect(await accepted.json()).toEqual({ id: expect.stringMatching(/^[0-9a-z]{26}$/) });
    await post({ account_id: "acct_A", type: "withdraw", amount: 60 });
    expect((await post({ type: "deposit", amount: 1 })).status).toBe(400);
    // The first attempt at the deposit fails; the withdrawal waits for it.
    await dev.line(/acct_A: -60, balance 40/);
    await post({ account_id: "acct_A", type: "withdraw", amount: 60 });
    await dev.line(/"outcome":"deadLetter"/);
    const letters = await here(project.directory, "dead", "ls", "ledger", "--json");
    expect(letters.stdout).toContain("insufficient funds");
    expect(await dev.stop("SIGTERM")).toBe(143);
    const balances = dev.stdout.filter((line) => line.includes("balance"));
    expect(balances.map((line) => /acct_A: .*balance -?\d+/.exec(line)?.[0])).toEqual([
      "acct_A: +100, balance 100",
      "acct_A: -60, balance 40",
    ]);
  },
);

interface Transaction {
  readonly account_id: string;
  readonly type: "deposit" | "withdraw";
  readonly amount: number;
}

const STACK = `import * as alien from "@alienplatform/core";

const ledger = new alien.Queue("ledger")
  .fifo({ group: "account_id" })
  .maxAttempts(3)
  .backoff({ initial: "10ms", jitter: "none" })
  .build();
const api = new alien.Function("api").http().link(ledger, "send").build();
const worker = new alien.Function("worker").trigger(ledger).build();

export default new alien.Stack("bank").add(ledger).add(api).add(worker).build();
`;

const API = `import { AlienError, queue } from "@alienplatform/sdk";

export default {
  async fetch(request) {
    const ledger = await queue("ledger");
    try {
      const { id } = await ledger.send("ledger", await request.json());
      return Response.json({ id }, { status: 202 });
    } catch (error) {
      if (error instanceof AlienError && error.code === "GROUP_MISSING") {
        return Response.json({ error: error.message }, { status: 400 });
      }
      throw error;
    }
  },
};
`;

const WORKER = `import { deadLetter, onQueueMessage } from "@alienplatform/sdk";

const balances = new Map();

onQueueMessage("ledger", ({ payload, attempt }) => {
  const { account_id, type, amount } = payload;
  if (type === "deposit" && attempt === 1) throw new Error("the bank is busy");
  const change = type === "deposit" ? amount : -amount;
  const balance = (balances.get(account_id) ?? 0) + change;
  if (balance < 0) return deadLetter("insufficient funds");
  balances.set(account_id, balance);
  process.stdout.write(\`\${account_id}: \${change > 0 ? "+" : ""}\${change}, balance \${balance}\\n\`);
});
`;
