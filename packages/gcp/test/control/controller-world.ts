import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallFaults, type ControllerWorld, leapingClock } from "@alienplatform/deploy/conformance";
import { clientSettings } from "../../src/client-settings.ts";
import { gcpCloud } from "../../src/gcp-cloud.ts";
import { GoogleClient } from "../../src/google-client.ts";
import { GoogleRefusal } from "../../src/google-refusal.ts";
import { endpointsAt, GoogleServer } from "../google/google-server.ts";

/** Zips of functions, by their SHA-256. */
const artifacts = new Map<string, string>();

/** The code of a function, as its config names it. */
export function artifactOf(code: string): { readonly sha256: string } {
  const sha256 = createHash("sha256").update(code).digest("hex");
  artifacts.set(sha256, code);
  return { sha256 };
}

/** The code of which that is the SHA-256. */
export function artifactText(sha256: string): string {
  return artifacts.get(sha256) ?? "";
}

/** Of the cases that fill something in, which know the cloud alone. */
export const servers = new WeakMap<object, GoogleServer>();

/** A Google of its own, in which nothing is. Faults happen around each request. */
export async function openControllerWorld(): Promise<ControllerWorld> {
  const server = new GoogleServer();
  const environment = endpointsAt("http://google/");
  const faults = new CallFaults({
    throttled: () => refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric"),
    forbidden: () => refused(403, "PERMISSION_DENIED", "Permission 'x.y.z' denied on resource"),
    lost: () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
  });
  const google = new GoogleClient({
    ...clientSettings({ environment }),
    fetch: (url, init) => faults.around(() => server.fetch(url, init)),
  });
  const { project, number } = server.world;
  const place = { stack: "shop", stage: "dev", project, number, region: "europe-west1" };
  const cloud = gcpCloud(google, place);
  const directory = mkdtempSync(join(tmpdir(), "alien-gcp-"));
  for (const [sha256, code] of artifacts) writeFileSync(join(directory, `${sha256}.zip`), code);
  servers.set(cloud, server);
  return {
    cloud,
    clock: leapingClock(),
    faults,
    directory,
    artifacts: Object.fromEntries([...artifacts.keys()].map((sha) => [sha, `${sha}.zip`])),
    async close() {
      await cloud.close();
      server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

function refused(http: number, status: string, message: string): Error {
  return new GoogleRefusal(http, { status, message }, "pubsub");
}
