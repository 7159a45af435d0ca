import { expect, it, onTestFinished } from "vitest";
import type { Running } from "../../packages/cli/test/journey.ts";
import { stageJourney } from "./stage/journey.ts";

/** Deliveries that ended for good, and what the function wrote, over all times that dev ran. */
const ended: string[] = [];
const written: string[] = [];
let dev: Running | undefined;
let url = "";
let wake: () => void = () => undefined;
let failure: Error | undefined;

/** Reads what dev tells until it ends. */
async function listen(running: Running): Promise<void> {
  for (;;) {
    const line = await running.line(/"type":"(delivery|output|stopped)"/);
    const event = JSON.parse(line);
    if (event.type === "stopped") return;
    if (event.type === "output") written.push(event.line);
    else if (event.outcome === "ack" || event.outcome === "deadLetter") ended.push(event.id);
    wake();
  }
}

/** Dev exits as its signal says. */
const STOPPED = 143;

it("an example runs on a laptop, handles real input, is changed, mended and paused", async () => {
  onTestFinished(async () => {
    await dev?.stop("SIGTERM");
  });
  await stageJourney({
    platform: "local",
    on: [],
    keepsState: { delay: "2d" },
    async up(session) {
      if (dev !== undefined) expect(await dev.stop("SIGTERM")).toBe(STOPPED);
      dev = session.project.start("dev", "--json");
      const ready = JSON.parse(await dev.line(/"type":"ready"/));
      url = ready.functions[0].url;
      listen(dev).catch((error: Error) => {
        failure = error;
        wake();
      });
      return "";
    },
    url: async () => url.replace(/\/$/, ""),
    async handled(count) {
      while (ended.length < count) {
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    handledSoFar: () => ended.length,
    settled: async () => undefined,
    logs: async () => written.join("\n"),
  });
});
