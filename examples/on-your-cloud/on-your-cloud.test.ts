import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("the same programs run on SQS by a change of the environment alone", () =>
  inTemporaryDirectory(async (directory) => {
    const example = new Program("./on-your-cloud", "start", directory);
    expect(await example.says("orders are in")).toMatch(/^orders are in http:.*\/orders$/);
    await example.says("sent 3 orders");
    await example.says("shipped a lamp to ann at attempt 1");
    await example.says("shipped a lamp to bob at attempt 2");
    await example.says("shipped a lamp to eve at attempt 1");
    expect(example.lines.join("\n")).not.toContain("using the local queues");
    await example.stop();
  }));
