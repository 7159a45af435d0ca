import { AlienError } from "@alienplatform/core";
import { openLocalQueues } from "../../src/client.ts";
import type { PeerAnswer, PeerCall } from "./peer.ts";

const [directory = "", patience = ""] = process.argv.slice(2);
const queues = openLocalQueues({ directory, patienceMs: Number(patience) });

function answer(given: PeerAnswer): void {
  process.send?.(given);
}

process.on("message", ({ call, method, parameters }: PeerCall) => {
  // The test's own calls, with the parameters of the method.
  const invoke = queues[method] as (...given: readonly unknown[]) => Promise<unknown>;
  invoke.apply(queues, [...parameters]).then(
    (value) => answer({ call, value }),
    (error: unknown) => {
      const code = error instanceof AlienError ? error.code : "";
      const fix = (error instanceof AlienError && error.fix) || "";
      answer({ call, error: { code, message: String(error), fix } });
    },
  );
});

// The queues alone never keep a process alive, and this one waits for what it is told.
process.on("disconnect", () => process.removeAllListeners("message"));
answer({ call: 0 });
