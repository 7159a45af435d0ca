import { pause } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { PartContext } from "@alienplatform/deploy";
import type { Arm, ArmResource } from "./arm.ts";

const PUBLISHED_WITHIN_MS = 300_000;
const LOOK_MS = 2_000;
/** https://github.com/projectkudu/kudu, DeployStatus */
const FAILED = 3;
const SUCCEEDED = 4;

/** Where an app takes its code: "https://<app>.scm.azurewebsites.net". */
export function publishingHost(site: ArmResource | undefined): string {
  const states = (site?.properties?.hostNameSslStates ?? []) as readonly {
    readonly name?: string;
    readonly hostType?: string;
  }[]; // as Microsoft.Web/sites documents it
  const name = states.find(({ hostType }) => hostType === "Repository")?.name;
  if (name !== undefined) return name.startsWith("http://") ? name : `https://${name}`;
  throw new AlienError("NOT_READY", "the app has no host yet that takes its code", {
    fix: "Deploy again a little later.",
    retryable: true,
  });
}

/**
 * Puts a zip file where the app runs it from. An app of Flex Consumption is published to in this way alone: what lies in its
 * container by another way it does not know.
 * https://learn.microsoft.com/azure/azure-functions/functions-deployment-technologies#one-deploy
 */
export async function publish(
  arm: Arm,
  host: string,
  zip: Uint8Array,
  { name, clock, signal }: PartContext<unknown>,
): Promise<void> {
  const answer = await arm.send("POST", `${host}/api/publish?RemoteBuild=false&Deployer=alien`, {
    body: zip,
    type: "application/zip",
    signal,
  });
  const id = answer.replaceAll('"', "").trim();
  const end = clock.now() + PUBLISHED_WITHIN_MS;
  for (;;) {
    const { status, status_text: why } = await deployment(arm, host, id, signal);
    if (status === SUCCEEDED) return;
    if (status === FAILED || clock.now() >= end) throw unpublished(name, why);
    await pause(clock, LOOK_MS, signal);
    signal.throwIfAborted();
  }
}

async function deployment(
  arm: Arm,
  host: string,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly status?: number; readonly status_text?: string }> {
  return JSON.parse(await arm.send("GET", `${host}/api/deployments/${id || "latest"}`, { signal }));
}

/** Roles of a new identity take some minutes to be known everywhere, and the host writes as that identity. */
function unpublished(name: string, why = ""): AlienError {
  const text = `the code of ${name} was not published${why === "" ? "" : `: ${why}`}`;
  return new AlienError("NOT_READY", text, {
    fix: "Deploy again in some minutes: roles take that long; else look at the deployments of the app in the portal.",
    retryable: true,
  });
}
