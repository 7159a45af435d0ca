import { AlienError } from "@alienplatform/core";
import type { Cloud, ConnectOptions } from "@alienplatform/deploy";
import { clientSettings, projectOf, regionOf } from "./client-settings.ts";
import { deployError } from "./deploy-errors.ts";
import { gcpCloud } from "./gcp-cloud.ts";
import { GoogleClient } from "./google-client.ts";

/** Connects to the project that the environment or the credentials name. Asks Google for the project's number. */
export async function connect(options: ConnectOptions): Promise<Cloud> {
  const { stack, stage } = options;
  const region = regionOf(options);
  if (region === undefined) throw withoutRegion();
  if (!/^[a-z]+-[a-z]+\d+$/.test(region)) throw noRegion(region);
  const settings = clientSettings(options);
  const google = new GoogleClient(settings);
  const project = projectOf(options) ?? (await projectOfCredentials());
  const number = await numberOf(google, project, options.signal);
  const { pubsub, firestore, cloudtasks } = settings.endpoints;
  // An emulator is where the functions have to look too; another host of Google's is this process's own way there.
  const emulators = {
    ...(pubsub?.startsWith("http:") ? { pubsub: new URL(pubsub).origin } : {}),
    ...(firestore?.startsWith("http:") ? { firestore } : {}),
    ...(cloudtasks?.startsWith("http:") ? { cloudtasks } : {}),
  };
  return gcpCloud(google, { stack, stage, project, number, region, ...emulators });
}

async function projectOfCredentials(): Promise<string> {
  const { GoogleAuth } = await import("google-auth-library");
  const project = await new GoogleAuth().getProjectId().catch(() => undefined);
  if (project !== undefined) return project;
  throw new AlienError("CREDENTIALS_MISSING", "no project of Google Cloud is named", {
    fix: "Set GOOGLE_CLOUD_PROJECT to the project's id, and sign in: gcloud auth application-default login.",
  });
}

/** https://cloud.google.com/resource-manager/reference/rest/v3/projects/get */
async function numberOf(
  google: GoogleClient,
  project: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  try {
    const { name } = await google.call<{ readonly name: string }>("cloudresourcemanager", {
      verb: "GET",
      path: `v3/projects/${project}`,
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    });
    return name.slice("projects/".length);
  } catch (error) {
    throw deployError(error, `asking Google for the project "${project}"`);
  }
}

function withoutRegion(): AlienError {
  return new AlienError("REGION_INVALID", "no region of Google Cloud is named", {
    fix: "Name one with --region or GOOGLE_CLOUD_REGION: europe-west1, us-central1.",
  });
}

function noRegion(region: string): AlienError {
  return new AlienError("REGION_INVALID", `"${region}" is not a region of Google Cloud`, {
    fix: "Name one as Google does, --region europe-west1: https://cloud.google.com/functions/docs/locations",
    details: { region },
  });
}
