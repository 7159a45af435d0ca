import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import type { Plan } from "../plan/plan.ts";

/** Refuses a plan of which a file is missing, before anything is done. */
export async function refuseMissing({ artifacts }: Plan, directory: string): Promise<void> {
  for (const [sha256, path] of Object.entries(artifacts)) {
    await access(resolve(directory, path)).catch((cause: unknown) => {
      throw refused(sha256, path, "is not there any more", cause);
    });
  }
}

/** The bytes of a file that the plan names; refuses others than those that it was made with. */
export async function readArtifact(
  { artifacts }: Plan,
  directory: string,
  sha256: string,
): Promise<Uint8Array> {
  const path = Object.hasOwn(artifacts, sha256) ? artifacts[sha256] : undefined;
  if (path === undefined) throw new TypeError(`the plan names no file with the SHA-256 ${sha256}`);
  const bytes = await readFile(resolve(directory, path)).catch((cause: unknown) => {
    throw refused(sha256, path, "cannot be read", cause);
  });
  if (createHash("sha256").update(bytes).digest("hex") === sha256) return bytes;
  throw refused(sha256, path, "has changed since the plan was made");
}

function refused(sha256: string, path: string, why: string, cause?: unknown): AlienError {
  return new AlienError("PLAN_REFUSED", `the file ${path} of the plan ${why}`, {
    fix: "Plan again, which builds the functions anew, and apply that.",
    details: { path, sha256 },
    cause,
  });
}
