import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("what the schema takes is handled, what it refuses is told to the sender or kept with the issues", () =>
  inTemporaryDirectory(async (directory) => {
    const sender = new Program("./schemas", "send", directory);
    expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
    const refused = sender.lines.find((line) => line.startsWith("PAYLOAD_REFUSED"));
    for (const field of ["sku", "amount", "placed"]) expect(refused).toContain(`${field}: `);
    const worker = new Program("./schemas", "worker", directory);
    expect(await worker.ends(), worker.lines.join("\n")).toBe(0);
    expect(worker.lines).toContain("2 x lamp, placed in 2030");
    expect(worker.lines.filter((line) => line.startsWith("dead: amount:"))).toHaveLength(1);
    expect(worker.lines.filter((line) => line.startsWith("dead: placed:"))).toHaveLength(1);
    expect(worker.lines.filter((line) => line.includes("chair"))).toEqual([]);
  }));
