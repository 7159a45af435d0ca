import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("a process of one's own handles, retries and stops when asked", () =>
  inTemporaryDirectory(async (directory) => {
    const worker = new Program("./own-process", "worker", directory);
    await worker.says("waiting for emails");
    const sender = new Program("./own-process", "send", directory);
    expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
    await worker.says("mailed ann at attempt 1");
    await worker.says("mailed bob at attempt 2");
    await worker.stop();
    expect(worker.lines).toContain("stopped");
  }));
