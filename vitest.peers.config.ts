import { defineConfig, mergeConfig } from "vitest/config";
import { shared } from "./vitest.config.ts";

/** Against programs that are not of Node, which the machine has to have: `npm run test:peers`. */
const { test, ...rest } = shared;
export default mergeConfig(
  rest,
  defineConfig({
    test: {
      ...test,
      include: ["test/peers/**/*.test.ts"],
      exclude: [],
      globalSetup: ["test/built.ts"],
      // Cases against services of real time mostly wait, and so do files for the programs that they start.
      maxConcurrency: 24,
      maxWorkers: 3,
    },
  }),
);
