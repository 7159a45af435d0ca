import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("a sign-in code goes out before the newsletters that were sent before it", () =>
  inTemporaryDirectory(async (directory) => {
    const sender = new Program("./urgent-first", "send", directory);
    expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
    const worker = new Program("./urgent-first", "worker", directory);
    await worker.says("newsletter 5");
    const sent = worker.lines.filter((line) => line.startsWith("sent "));
    expect(sent).toEqual([
      "sent sign-in code, priority 9",
      ...[1, 2, 3, 4, 5].map((number) => `sent newsletter ${number}, priority 0`),
    ]);
    await worker.stop();
  }));
