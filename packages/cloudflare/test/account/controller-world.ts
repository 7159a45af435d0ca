import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallFaults, type ControllerWorld, leapingClock } from "@alienplatform/deploy/conformance";
import { AccountApi, ApiRefusal } from "../../src/api-client.ts";
import { cloudflareCloud } from "../../src/cloudflare-cloud.ts";
import type { AccountServer } from "./account-server.ts";
import { artifacts } from "./code.ts";

let worlds = 0;

/** A stage of its own on the server. Faults happen around each request of the client. */
export function controllerWorlds(server: AccountServer): () => Promise<ControllerWorld> {
  return async () => {
    const faults = new CallFaults({
      throttled: () => new ApiRefusal(429, [{ code: 971, message: "Please wait" }]),
      forbidden: () => new ApiRefusal(403, [{ code: 10_000, message: "Authentication error" }]),
      lost: () => new TypeError("fetch failed", { cause: refusedConnection() }),
    });
    const { accountId: account, token, endpoint } = server;
    const api = new AccountApi({
      ...{ account, token, endpoint },
      around: (request) => faults.around(request),
    });
    const cloud = cloudflareCloud(api, { stack: "shop", stage: `w${++worlds}`, account });
    const directory = mkdtempSync(join(tmpdir(), "alien-cloudflare-"));
    for (const [sha256, bytes] of artifacts) writeFileSync(join(directory, `${sha256}.zip`), bytes);
    return {
      cloud,
      clock: leapingClock(),
      faults,
      directory,
      artifacts: Object.fromEntries([...artifacts.keys()].map((sha) => [sha, `${sha}.zip`])),
      async close() {
        await cloud.close();
        rmSync(directory, { recursive: true });
      },
    };
  };
}

function refusedConnection(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
}
