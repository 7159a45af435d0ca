import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";

/** In the data directory; `--reset` leaves it, since receivers may have been given it. */
const FILE = "signing-secret";

/** What requests to HTTP consumers are signed with on this machine: made once, readable by its user alone. */
export async function signingSecret(directory: string): Promise<string> {
  const file = join(directory, FILE);
  return (await readSecret(file)) ?? (await makeSecret(directory, file));
}

async function readSecret(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const secret = text?.trim();
  if (secret !== "") return secret;
  throw new AlienError("SECRET_MISSING", `${file} is empty`, {
    fix: "Remove it: the next start makes another.",
    details: { file },
  });
}

/** Linked into place: two starts at once get the same one, and none is ever half written. */
async function makeSecret(directory: string, file: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  const secret = randomBytes(32).toString("hex");
  await writeFile(draft, `${secret}\n`, { mode: 0o600, flag: "wx" });
  try {
    await link(draft, file);
    return secret;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return (await readSecret(file)) ?? secret;
  } finally {
    await rm(draft, { force: true });
  }
}
