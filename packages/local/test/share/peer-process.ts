import { systemClock, VirtualClock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { openLocalQueues } from "../../src/client.ts";
import type { PeerAnswer, PeerCall, PeerOptions } from "./peer.ts";

const [directory = "", options = "{}"] = process.argv.slice(2);
const { patienceMs = 10_000, virtualClock = false } = JSON.parse(options) as PeerOptions;
const clock = virtualClock ? new VirtualClock() : systemClock;
const queues = openLocalQueues({ directory, patienceMs, clock });

function answer(given: PeerAnswer): void {
  process.send?.(given);
}

async function run({ method, parameters }: PeerCall): Promise<unknown> {
  if (method === "advance" && clock instanceof VirtualClock) {
    await clock.advance(Number(parameters[0]));
    return clock.now();
  }
  // The test's own calls, with the parameters of the method.
  const methods = queues as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
  return methods[method]?.(...parameters);
}

process.on("message", (call: PeerCall) => {
  run(call).then(
    (value) => answer({ call: call.call, value }),
    (error: unknown) => {
      const code = error instanceof AlienError ? error.code : "";
      answer({ call: call.call, error: { code, message: String(error) } });
    },
  );
});
answer({ call: 0 });
