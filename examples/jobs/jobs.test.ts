import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("a program gets the results of the work that it sends, also after a retry", () =>
  inTemporaryDirectory(async (directory) => {
    const worker = new Program("./jobs", "worker", directory);
    await worker.says("counting");
    const asker = new Program("./jobs", "ask", directory);
    expect(await asker.ends(), asker.lines.join("\n")).toBe(0);
    expect(asker.lines.filter((line) => !line.startsWith("alien:"))).toEqual([
      "a rose is a rose: SUCCEEDED with 5 words, 1 tries",
      "read this one twice: SUCCEEDED with 4 words, 2 tries",
      "never mind: CANCELLED",
    ]);
    await worker.stop();
  }));
