import { test } from "vitest";
import { fc } from "../../../test/property.ts";
import { memoryStorage } from "../src/engine/index.ts";
import { JobsDesk } from "./jobs-desk.ts";
import { anyStep, JobsModel } from "./jobs-model.ts";

const RUNS = { numRuns: Number(process.env.MODEL_RUNS ?? 100) };
const LIMIT = { timeout: 600_000 };

test.each([false, true])(
  "whatever happens to a queue, each job is what became of it (FIFO: %s)",
  LIMIT,
  async (fifo) => {
    const steps = fc.array(anyStep, { minLength: 5, maxLength: 40 });
    const property = fc.asyncProperty(steps, async (taken) => {
      const jobs = await JobsDesk.open({ ...JobsModel.spec, fifo }, memoryStorage());
      const model = new JobsModel(jobs, fifo);
      for (const step of taken) {
        await model.apply(step);
        await model.check();
      }
      await model.checkLists();
      await jobs.desk.engine.close();
    });
    await fc.assert(property, RUNS);
  },
);
