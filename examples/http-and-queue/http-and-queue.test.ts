import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

it("a function answers HTTP and handles what it sent", () =>
  inTemporaryDirectory(async (directory) => {
    const dev = new Program("./http-and-queue", "start", directory, ["--json"]);
    try {
      const ready: { functions: { url: string }[] } = JSON.parse(await dev.says('"ready"'));
      const url = new URL(ready.functions[0]?.url ?? "");
      url.searchParams.set("name", "ada");
      const response = await fetch(url, { method: "POST" });
      expect(response.status).toBe(202);
      await dev.says("welcomed ada");
    } finally {
      await dev.stop();
    }
  }));
