import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@alienplatform/source"] },
  ssr: { resolve: { conditions: ["@alienplatform/source"] } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "packages/*/src/**/*.test.ts",
      "test/**/*.test.ts",
      "examples/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    setupFiles: ["test/quiet.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
