import { defineConfig, mergeConfig } from "vitest/config";
import { shared } from "./vitest.config.ts";

/** Against the services themselves, where credentials are in the environment: `npm run test:live`. */
const { test, ...rest } = shared;
export default mergeConfig(
  rest,
  defineConfig({
    test: {
      ...test,
      include: ["test/live/**/*.test.ts"],
      exclude: [],
      globalSetup: ["test/built.ts"],
      maxConcurrency: 8,
      // Cases wait for real services, some of them for their limits of requests.
      testTimeout: 600_000,
    },
  }),
);
