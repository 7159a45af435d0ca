import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { woundClocks } from "../conformance/wound-clocks.ts";
import { pause } from "../src/pause.ts";
import { VirtualClock } from "../src/virtual-clock.ts";

test("a driver's pause ends though nobody winds, and takes no time", async () => {
  const virtual = new VirtualClock();
  const begun = virtual.now();
  await pause(woundClocks(virtual).driver, 60_000, undefined);
  expect(virtual.now()).toBe(begun);
});

test("requests end before the clock is wound, and those that follow before the winding does", async () => {
  const virtual = new VirtualClock();
  const happened: string[] = [];
  const ask = async (what: string) => {
    await (await fetch(await served())).text();
    happened.push(what);
  };
  const asking = [ask("asked before")];
  virtual.schedule(1_000, () => {
    happened.push("due");
    asking.push(ask("asked then"));
  });
  await woundClocks(virtual).world.advance(1_000);
  expect(happened).toEqual(["asked before", "due", "asked then"]);
  await Promise.all(asking);
});

/** The address of a server that takes some turns of the event loop for an answer. */
async function served(): Promise<string> {
  const server = createServer((_, response) => {
    setImmediate(() => setImmediate(() => response.end("done")));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens
}
