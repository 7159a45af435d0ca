import { afterEach, expect, it, vi } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

afterEach(() => vi.unstubAllEnvs());

// docs/http-consumers.md shows receiver.ts.
it("an HTTP server gets what is sent, signed, and nobody else's requests pass", () =>
  inTemporaryDirectory(async (directory) => {
    vi.stubEnv("ALIEN_SIGNING_SECRET", "of this test");
    vi.stubEnv("PORT", "0");
    const receiver = new Program("./http-consumer", "receiver", directory);
    const port = /port: (\d+)/.exec(await receiver.says("listening"))?.[1] ?? "";
    vi.stubEnv("PORT", port);
    const dev = new Program("./http-consumer", "dev", directory);
    try {
      await dev.says("ready");
      const forged = { method: "POST", body: '{"payload":{"total":1000000}}' };
      expect((await fetch(`http://localhost:${port}/jobs`, forged)).status).toBe(401);
      const sender = new Program("./http-consumer", "send", directory);
      expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
      await receiver.says("billed 40 at attempt 1");
      await receiver.says("billed 2 at attempt 1");
      expect(receiver.lines.filter((line) => line.includes("billed"))).toHaveLength(2);
    } finally {
      await dev.stop();
      await receiver.stop();
    }
  }));
