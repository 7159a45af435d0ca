import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("a consumer gets what a producer sent before it was started", () =>
  inTemporaryDirectory(async (directory) => {
    const producer = new Program("./send-and-receive", "producer", directory);
    expect(await producer.ends(), producer.lines.join("\n")).toBe(0);
    const consumer = new Program("./send-and-receive", "consumer", directory);
    expect(await consumer.ends(), consumer.lines.join("\n")).toBe(0);
    expect(consumer.lines.filter((line) => line.startsWith("delivered"))).toEqual([
      "delivered tea",
      "delivered bread",
      "delivered honey",
    ]);
  }));

it("a producer shares the queue with a consumer that already runs", () =>
  inTemporaryDirectory(async (directory) => {
    const consumer = new Program("./send-and-receive", "consumer", directory);
    const producer = new Program("./send-and-receive", "producer", directory);
    expect(await producer.ends(), producer.lines.join("\n")).toBe(0);
    expect(await consumer.ends(), consumer.lines.join("\n")).toBe(0);
    const late = new Program("./send-and-receive", "consumer", directory);
    expect(await late.ends(), late.lines.join("\n")).toBe(0);
    const delivered = [...consumer.lines, ...late.lines].filter((line) => line.startsWith("deliv"));
    expect(delivered).toEqual(["delivered tea", "delivered bread", "delivered honey"]);
  }));
