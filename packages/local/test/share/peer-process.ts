import { AlienError } from "@alienplatform/core";
import { openLocalQueues } from "../../src/client.ts";
import type { PeerAnswer, PeerCall } from "./peer.ts";

const [directory = ""] = process.argv.slice(2);
const queues = openLocalQueues({ directory });

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
      answer({ call, error: { code, message: String(error) } });
    },
  );
});
answer({ call: 0 });
