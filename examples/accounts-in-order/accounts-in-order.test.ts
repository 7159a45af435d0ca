import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("a deposit is always before a withdrawal of the same account, also when it is tried again", () =>
  inTemporaryDirectory(async (directory) => {
    const sender = new Program("./accounts-in-order", "send", directory);
    expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
    const worker = new Program("./accounts-in-order", "worker", directory);
    for (const account of ["ann", "bob", "cleo"]) await worker.says(`withdrawal of ${account}`);
    await worker.stop();
    const { lines } = worker;
    for (const account of ["ann", "bob", "cleo"]) {
      expect(lines.filter((line) => line.endsWith(` of ${account}`))).toEqual([
        `deposit of ${account}`,
        `withdrawal of ${account}`,
      ]);
    }
    expect(lines.filter((line) => line.startsWith("overdrawn"))).toEqual([]);
    // Nobody waited for ann's retry but ann.
    expect(lines.indexOf("withdrawal of cleo")).toBeLessThan(lines.indexOf("deposit of ann"));
  }));
