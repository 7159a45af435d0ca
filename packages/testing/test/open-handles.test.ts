import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { FROM_SOURCE } from "../../../test/from-source.ts";

test("a process ends by itself once its test queues are closed, whatever was left in them", async () => {
  const entry = fileURLToPath(new URL("./fixtures/ends-by-itself.ts", import.meta.url));
  const child = fork(entry, {
    execArgv: [...FROM_SOURCE],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const told: unknown[] = [];
  child.on("message", (message) => told.push(message));
  const [code] = await once(child, "exit");
  expect(told).toEqual(["closed"]);
  expect(code).toBe(0);
});
