import type { Pipeline } from "@azure/core-rest-pipeline";
import { credentialFor, openArm } from "./arm-client.ts";
import type { ClientSettings } from "./client-settings.ts";
import type { Arm } from "./control/arm.ts";
import { DataPlane } from "./data-plane.ts";

/** What parts are made with. */
export interface DeployClients {
  readonly arm: Arm;
  /** Of the operator: no engine repeats what it asks, so the client does. */
  readonly patient: Arm;
  readonly vaults: DataPlane;
  readonly logs: DataPlane;
  /** Where logs are asked for. */
  readonly logsEndpoint: string;
  /** Of all that the engine calls. */
  readonly pipelines: readonly Pipeline[];
}

const OPERATOR_RETRIES = 5;

/** Does no I/O. */
export function openDeployClients({ subscription, endpoint }: ClientSettings): DeployClients {
  const credential = credentialFor(endpoint);
  // The engine repeats whole steps.
  const { arm, pipeline } = openArm({ subscription, endpoint }, 0);
  const vaults = new DataPlane(credential, "https://vault.azure.net/.default", 0);
  return {
    arm,
    patient: openArm({ subscription, endpoint }, OPERATOR_RETRIES).arm,
    vaults,
    logs: new DataPlane(credential, "https://api.loganalytics.io/.default", OPERATOR_RETRIES),
    logsEndpoint: credential === undefined ? endpoint : "https://api.loganalytics.azure.com",
    pipelines: [pipeline, vaults.pipeline],
  };
}
