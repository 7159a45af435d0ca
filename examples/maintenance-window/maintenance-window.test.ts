import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("invoices wait while the bank is closed, and are paid when it opens, with nobody's help", () =>
  inTemporaryDirectory(async (directory) => {
    const night = new Program("./maintenance-window", "start", directory);
    expect(await night.ends(), night.lines.join("\n")).toBe(0);
    expect(night.lines.filter((line) => !line.startsWith("alien:"))).toEqual([
      "2 invoices wait: the bank is closed",
      "paid invoice 1",
      "paid invoice 2",
      "the bank has opened",
    ]);
  }));
