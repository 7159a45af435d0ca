import { defineConfig, mergeConfig } from "vitest/config";
import { shared } from "./vitest.config.ts";

/** The console in Debian's Chromium, on `alien dev`: `npm run test:browser`. */
const { test, ...rest } = shared;
export default mergeConfig(
  rest,
  defineConfig({
    test: {
      ...test,
      include: ["test/browser/**/*.test.ts"],
      exclude: [],
      globalSetup: ["test/built.ts"],
    },
  }),
);
