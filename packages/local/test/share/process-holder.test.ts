import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { isRunning, ownProcess } from "../../src/share/process-holder.ts";

it("a process runs until it has ended, and no later one of its number is taken for it", async () => {
  const own = ownProcess();
  expect(isRunning(own)).toBe(true);
  expect(isRunning({ ...own, startedAt: 0 })).toBe(true);
  if (process.platform === "linux") expect(isRunning({ ...own, startedAt: 1 })).toBe(false);
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const holder = { pid: child.pid ?? 0, startedAt: 0 };
  expect(isRunning(holder)).toBe(true);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  expect(isRunning(holder)).toBe(false);
});
