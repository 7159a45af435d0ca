import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallFaults, type ControllerWorld, leapingClock } from "@alienplatform/deploy/conformance";
import { RestError } from "@azure/core-rest-pipeline";
import { azureCloud } from "../../src/azure-cloud.ts";
import { openDeployClients } from "../../src/deploy-clients.ts";
import { SUBSCRIPTION, TENANT } from "./account.ts";
import { ArmServer } from "./arm-server.ts";
import { artifacts } from "./artifacts.ts";

let worlds = 0;

/** A world, and where its resources are. */
export interface AzureWorld extends ControllerWorld {
  readonly server: ArmServer;
}

/** A subscription of its own. Faults happen in the clients, before all else there. */
export async function openControllerWorld(): Promise<AzureWorld> {
  const server = await ArmServer.start();
  // The suite calls controllers without the engine, which would try again.
  server.rolesTakeTime = false;
  const faults = new CallFaults({
    throttled: () => refused("SubscriptionRequestsThrottled", "too many", 429),
    forbidden: () =>
      refused(
        "AuthorizationFailed",
        "The client 'who' with object id 'id' does not have authorization to perform action 'x/read' over scope '/y'",
        403,
      ),
    lost: () => new RestError("read ECONNRESET", { code: "ECONNRESET" }),
  });
  const region = "westeurope";
  const clients = openDeployClients({ subscription: SUBSCRIPTION, region, endpoint: server.url });
  for (const pipeline of clients.pipelines) {
    pipeline.addPolicy({
      name: "faults",
      sendRequest: (request, next) => faults.around(() => next(request)),
    });
  }
  const place = { stack: "shop", stage: `w${++worlds}`, subscription: SUBSCRIPTION, region };
  const directory = mkdtempSync(join(tmpdir(), "alien-azure-"));
  for (const [sha256, bytes] of artifacts) writeFileSync(join(directory, `${sha256}.zip`), bytes);
  return {
    cloud: azureCloud(clients, place, TENANT),
    clock: leapingClock(),
    faults,
    server,
    directory,
    artifacts: Object.fromEntries([...artifacts.keys()].map((sha) => [sha, `${sha}.zip`])),
    async close() {
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** As the clients throw it. */
function refused(code: string, message: string, statusCode: number): RestError {
  return new RestError(message, { code, statusCode });
}
