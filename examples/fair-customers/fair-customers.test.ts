import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("the exports of two small customers are made among the first of a hundred, two of one at once", () =>
  inTemporaryDirectory(async (directory) => {
    const sender = new Program("./fair-customers", "send", directory);
    expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
    const worker = new Program("./fair-customers", "worker", directory);
    expect(await worker.says("export 106: ")).toContain("at most 2 of one customer");
    const made = worker.lines.filter((line) => line.includes("export ")).slice(0, 20);
    expect(made.filter((line) => line.includes("bolt"))).toHaveLength(3);
    expect(made.filter((line) => line.includes("cora"))).toHaveLength(3);
    await worker.stop();
  }));
