import { loadavg } from "node:os";
import type { Case } from "../case.ts";
import { DevProject, type RunningDev } from "../dev-project.ts";
import { oursAtMost } from "../line.ts";
import { median } from "../measure.ts";

const TIMES = 9;

/** What a developer waits for: the built command on the project that `alien init` writes. */
export const dev: Case = {
  name: "dev",
  async *run() {
    const project = await DevProject.init();
    try {
      // The first start makes what the next ones find.
      await stopped(await project.start());
      const starts: number[] = [];
      for (let time = 0; time < TIMES; time++) {
        const running = await project.start();
        starts.push(running.readyMs);
        await stopped(running);
      }
      yield {
        name: "alien dev, start to ready, warm",
        unit: "ms",
        ours: median(starts),
        target: oursAtMost(1_000),
      };
      const running = await project.start();
      const changes: number[] = [];
      for (let time = 0; time < TIMES; time++) changes.push(await project.change(running, time));
      await stopped(running);
      yield {
        name: "a function's file saved, to its new code live",
        unit: "ms",
        ours: median(changes),
        target: oursAtMost(300),
      };
      yield { name: "load of the machine, last minute", unit: "x", ours: loadavg()[0] ?? 0 };
    } finally {
      await project.remove();
    }
  },
};

async function stopped(running: RunningDev): Promise<void> {
  running.process.kill("SIGTERM");
  await running.ended;
}
