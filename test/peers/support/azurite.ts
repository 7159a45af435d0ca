import { join } from "node:path";
import { afterAll } from "vitest";
import { ownPort } from "../../own-port.ts";
import { root } from "../../source-files.ts";
import { type AtEnd, Peer } from "./peer.ts";

/** The account of every Azurite and its key, which Microsoft publishes: it opens nothing else. */
export const azuriteAccount = {
  name: "devstoreaccount1",
  key: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
} as const;

/**
 * Starts Azurite's blob service, Microsoft's own emulator from npm, on a port of its own; it ends after the last test of the
 * file. Answers where it listens, without the account and without a slash at the end.
 */
export function startAzurite(atEnd: AtEnd = afterAll): Promise<string> {
  return start("blob", atEnd);
}

/** The same for its tables, whose port it does not tell: it gets one of its own. */
export async function startAzuriteTables(atEnd: AtEnd = afterAll): Promise<string> {
  const port = await ownPort();
  await start("table", atEnd, port);
  return `http://127.0.0.1:${port}`;
}

async function start(service: "blob" | "table", atEnd: AtEnd, port = 0): Promise<string> {
  const program = join(root, `node_modules/azurite/dist/src/${service}/main.js`);
  const options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"];
  const place = [`--${service}Host`, "127.0.0.1", `--${service}Port`, String(port), "--silent"];
  const peer = new Peer("azurite", process.execPath, [program, ...place, ...options], atEnd);
  const [, endpoint = ""] = await peer.says(/successfully (?:listens|started) on (\S+)/);
  return endpoint;
}

/** What a program of Azure's is given to use it. */
export function azuriteConnectionString(endpoint: string): string {
  const { name, key } = azuriteAccount;
  return `DefaultEndpointsProtocol=http;AccountName=${name};AccountKey=${key};BlobEndpoint=${endpoint}/${name}`;
}
