import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("a dead order is mended and redriven, a dead mail goes to the queue for such", () =>
  inTemporaryDirectory(async (directory) => {
    const sender = new Program("./dead-letters", "send", directory);
    expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
    const worker = new Program("./dead-letters", "worker", directory);
    await worker.says("no mail to ada after 2 attempts: mailbox full");
    await worker.says('order 17 with an amount of "12.50"');
    let mended = "redrove 0";
    // It may be asked before the second attempt at the order has failed.
    while (mended === "redrove 0") {
      const mend = new Program("./dead-letters", "mend", directory);
      mended = await mend.says("redrove");
      expect(await mend.ends(), mend.lines.join("\n")).toBe(0);
      if (mended === "redrove 1") await mend.says("attempt 2: FAILED");
    }
    expect(await worker.says("charged")).toBe("charged 12.5 for order 17");
    await worker.stop();
  }));
