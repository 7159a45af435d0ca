import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { TableCase } from "../table-case.ts";

/** Faults: what a caller is told, and that it may try again where that helps. */
export const faults: readonly TableCase[] = [
  {
    name: "a signal that has fired ends a call before it writes",
    async run(bench) {
      const signal = AbortSignal.abort();
      await bench.allRefused("ABORTED", { table: bench.table, retryable: false, signal });
    },
  },
  {
    name: "a signal that fires ends calls that are not answered",
    needs: "at",
    async run(bench) {
      const stop = new AbortController();
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        stop.abort();
      });
      const table = await bench.world.at?.(await listening(server));
      assert(table);
      try {
        await bench.allRefused("ABORTED", { table, retryable: false, signal: stop.signal });
      } finally {
        await table.close();
        server.close();
      }
    },
  },
  {
    name: "a service that cannot be reached may be there later",
    needs: "at",
    async run(bench) {
      const server = createServer();
      const address = await listening(server);
      await new Promise((resolve) => server.close(resolve));
      const table = await bench.world.at?.(address);
      assert(table);
      await bench.allRefused("SERVICE_UNAVAILABLE", { table, retryable: true });
      await table.close();
    },
  },
  {
    name: "a connection that breaks may hold later",
    needs: "at",
    async run(bench) {
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () => socket.destroy());
      });
      const table = await bench.world.at?.(await listening(server));
      assert(table);
      try {
        await bench.allRefused("SERVICE_UNAVAILABLE", { table, retryable: true });
      } finally {
        await table.close();
        server.close();
      }
    },
  },
  {
    name: "a table that is not there is unknown, and stays so",
    needs: "missing",
    async run(bench) {
      const table = await bench.world.missing?.();
      assert(table);
      await bench.allRefused("UNKNOWN_TABLE", { table, retryable: false });
    },
  },
  {
    name: "an identity that may not is told so, and stays so",
    needs: "forbidden",
    async run(bench) {
      const table = await bench.world.forbidden?.();
      assert(table);
      await bench.allRefused("PERMISSION_DENIED", { table, retryable: false });
    },
  },
];

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  return `127.0.0.1:${address.port}`;
}
