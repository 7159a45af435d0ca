import { connect } from "node:net";
import { AlienError } from "@alienplatform/core";
import type { StateTable } from "../../src/table/state-table.ts";

/** A table that asks an address of this machine, and is never answered. */
export function dialing(address: string): StateTable {
  const [host = "", port = ""] = address.split(":");
  const dial = (signal: AbortSignal | undefined) =>
    new Promise<never>((_, reject) => {
      const socket = connect({ host, port: Number(port) });
      const fail = (error: AlienError) => {
        socket.destroy();
        reject(error);
      };
      socket.on("connect", () => socket.write("?"));
      const unavailable = { fix: "Look at the network.", retryable: true };
      const lost = () => fail(new AlienError("SERVICE_UNAVAILABLE", "nobody answers", unavailable));
      socket.on("error", lost);
      socket.on("close", lost);
      const aborted = { fix: "Call again." };
      const onAbort = () => fail(new AlienError("ABORTED", "the call was aborted", aborted));
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort);
    });
  return {
    get: (_, signal) => dial(signal),
    put: (_item, _version, signal) => dial(signal),
    delete: (_key, _version, signal) => dial(signal),
    list: (_partition, _page, signal) => dial(signal),
    close: async () => undefined,
  };
}
