import { spawn } from "node:child_process";
import { once } from "node:events";
import { httpApi, type ServedQueues } from "@alienplatform/api";
import { serveApi } from "@alienplatform/api/node";
import { systemClock } from "@alienplatform/bindings";
import { QueueOperations } from "@alienplatform/bindings/operate";
import { Queue, Stack } from "@alienplatform/core";
import { operate } from "@alienplatform/local/operate";
import type { Case } from "../case.ts";
import { ratioAtLeast, ratioAtMost } from "../line.ts";
import { lanes, median, perSecond } from "../measure.ts";
import { OPTIONS, type Ours, openOurs, QUEUE } from "../ours.ts";
import { payload } from "../payload.ts";
import { inTemporaryDirectory, scaled } from "../setting.ts";

/** In each round, of either queue: what the rest of the machine does in so short a time hits both alike. */
const BLOCKS = 20;

/** Send to handler in one process, while its console shows the queue, against another queue of the process that nobody looks at. */
export const watched: Case = {
  name: "watched",
  async *run(setting) {
    const count = scaled(setting, 20_000);
    const alone: Block[] = [];
    const watched: Block[] = [];
    await inTemporaryDirectory((quiet) =>
      inTemporaryDirectory(async (shown) => {
        const [a, b] = [await openOurs(quiet, "process"), await openOurs(shown, "process")];
        const console = await openConsole(shown);
        try {
          await block(a, count);
          await block(b, count);
          for (let round = 0; round < setting.rounds * BLOCKS; round++) {
            // Who goes first finds the heap as the other left it.
            if (round % 2 === 0) alone.push(await block(a, count));
            watched.push(await block(b, count));
            if (round % 2 === 1) alone.push(await block(a, count));
          }
        } finally {
          await console.close();
          await Promise.all([a.close(), b.close()]);
        }
        if (console.bytes() < 10_000) throw new Error("the console heard of nothing");
      }),
    );
    yield {
      name: "send + handler, 100 in flight: the console open",
      durability: "process",
      unit: "/s",
      ours: median(watched.map(({ rate }) => rate)),
      other: { name: "nobody looking", value: median(alone.map(({ rate }) => rate)) },
      target: ratioAtLeast(0.95),
    };
    yield {
      name: "the same, processor time of the process a message",
      durability: "process",
      unit: "us",
      ours: median(watched.map(({ cpu }) => cpu)),
      other: { name: "nobody looking", value: median(alone.map(({ cpu }) => cpu)) },
      target: ratioAtMost(1.05),
    };
  },
};

interface Block {
  /** Messages a second. */
  readonly rate: number;
  /** Microseconds of all threads of this process, a message. */
  readonly cpu: number;
}

async function block(ours: Ours, count: number): Promise<Block> {
  let left = count;
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const consumer = await ours.consume(100, () => {
    left--;
    if (left === 0) finish();
  });
  const [started, before] = [performance.now(), process.cpuUsage()];
  await lanes(100, count, (index) => ours.send(payload(index)));
  await done;
  const { user, system } = process.cpuUsage(before);
  const rate = perSecond(count, started);
  await consumer.stop();
  return { rate, cpu: (user + system) / count };
}

/** The API in this process, as in that of `alien dev`, and a page that listens, in another. */
async function openConsole(directory: string) {
  const binding = { version: 1, platform: "local", queue: QUEUE, options: OPTIONS } as const;
  const operations = new QueueOperations(
    () => ({
      operator: operate.queue({ ...binding, address: { directory } }, systemClock),
      clock: systemClock,
    }),
    { queue: QUEUE, schema: undefined },
  );
  const stack = new Stack("bench").add(new Queue(QUEUE).build()).build();
  const queues: ServedQueues = {
    platform: "local",
    stack: () => stack,
    client: () => {
      throw new TypeError("who looks sends nothing");
    },
    operations: () => operations,
  };
  const served = await serveApi(async () => httpApi(queues, {}), { port: 0 });
  const page = spawn(process.execPath, ["--input-type=module", "-e", LISTENS, served.url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let bytes = 0;
  page.stdout.on("data", (text: Buffer) => {
    bytes = Number(text.toString().trim().split("\n").at(-1));
  });
  await once(page.stdout, "data");
  return {
    /** That the page has heard. */
    bytes: () => bytes,
    async close() {
      const gone = once(page, "exit");
      page.kill();
      await gone;
      await served.close();
      await operations.close();
    },
  };
}

/** As the console's page: the events, and once the samples. */
const LISTENS = `
const url = process.argv[1];
const { body } = await fetch(url + "/events");
await (await fetch(url + "/queues/${QUEUE}/samples")).text();
let bytes = 0;
for await (const part of body) console.log((bytes += part.length));
`;
