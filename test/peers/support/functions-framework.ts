import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownPort } from "../../own-port.ts";
import { root } from "../../source-files.ts";
import { type AtEnd, Peer } from "./peer.ts";

export interface FunctionsFrameworkOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Where Google's public keys are served. */
  readonly keysUrl: string;
  /** The folder it runs in. */
  readonly cwd: string;
  readonly atEnd: AtEnd;
}

/** A function that Google's own host serves. */
export interface HostedFunction {
  readonly url: string;
  readonly peer: Peer;
}

/** Starts Google's functions-framework with the default export of a bundle as its HTTP function. */
export async function startFunctionsFramework(
  bundle: string,
  { env, keysUrl, cwd, atEnd }: FunctionsFrameworkOptions,
): Promise<HostedFunction> {
  const port = String(await ownPort());
  const main = join(root, "node_modules/.bin/functions-framework");
  const keys = fileURLToPath(new URL("./google-keys.mjs", import.meta.url));
  const args = ["--import", keys, main, "--target=default", `--source=${bundle}`];
  const peer = new Peer("functions-framework", process.execPath, args, atEnd, {
    cwd,
    env: { ...env, PORT: port, GOOGLE_KEYS: keysUrl, FUNCTION_SIGNATURE_TYPE: "http" },
  });
  await peer.says(/URL: http/);
  return { url: `http://127.0.0.1:${port}/`, peer };
}
