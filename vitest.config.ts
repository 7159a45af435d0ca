import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";
import { needingProcess } from "./test/needing-process.ts";

/** What every run of tests has. */
export const shared = {
  resolve: { conditions: ["@alienplatform/source"] },
  ssr: { resolve: { conditions: ["@alienplatform/source"] } },
  test: {
    // On Node 20 the SDK tells each process that its later versions want Node 22.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    setupFiles: ["test/quiet.ts"],
    pool: "forks" as const,
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    // For what hangs, and no assertion: many start processes, on machines that are busy with other work.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
};

const inOwnProcess = needingProcess();
const exclude = [
  "**/node_modules/**",
  "**/dist/**",
  "test/peers/**",
  "test/live/**",
  "test/browser/**",
];

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    // Two for the cores of a small machine, and one for when files wait: for the processes, leases and locks that they are of.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: "own process",
          globalSetup: ["test/built.ts"],
          include: [...inOwnProcess, "test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude,
        },
      },
      {
        extends: true,
        test: {
          name: "shared process",
          isolate: false,
          include: ["packages/*/{test,src}/**/*.test.ts"],
          exclude: [...exclude, ...inOwnProcess],
        },
      },
    ],
  },
});
