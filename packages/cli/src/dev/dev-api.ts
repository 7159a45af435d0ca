import { randomBytes } from "node:crypto";
import type { HttpApi } from "@alienplatform/api";
import { serveApi } from "@alienplatform/api/node";
import type { LoadedStack } from "@alienplatform/deploy";
import { StackSchemas } from "../api/stack-schemas.ts";
import { unexpectedOfApi } from "../api/unexpected-of-api.ts";
import type { LocalStore } from "../store.ts";
import { ApiFile } from "./api-file.ts";

/** What a dev's API stands on. */
export interface DevApiOptions {
  readonly directory: string;
  readonly store: LocalStore;
  /** What is declared now. */
  readonly stack: () => LoadedStack;
  readonly port: number | undefined;
  readonly warn: (text: string) => void;
}

/** The API of a dev. */
export interface DevApi {
  readonly url: string;
  /** For processes that dev starts. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Serves the API and the console of a dev; both are loaded by the first request, so that the start does not wait for them. */
export async function devApi(options: DevApiOptions): Promise<DevApi> {
  const { directory, store, stack, port, warn } = options;
  const token = randomBytes(24).toString("base64url");
  const file = new ApiFile(directory);
  const schemas = new StackSchemas(stack, { warn });
  const served = await serveApi(() => loadApi(stack, store, schemas, token, warn), { port });
  const { url } = served;
  await file.write(url, token);
  return {
    url,
    environment: { ALIEN_API_URL: url, ALIEN_API_TOKEN: token },
    close: async () => {
      await Promise.all([served.close(), file.remove()]);
      schemas.close();
    },
  };
}

async function loadApi(
  stack: () => LoadedStack,
  store: LocalStore,
  schemas: StackSchemas,
  token: string,
  warn: (text: string) => void,
): Promise<HttpApi> {
  const [{ httpApi, LOOPBACK_HOSTS }, { ServedStack }] = await Promise.all([
    import("@alienplatform/api"),
    import("../api/served-stack.ts"),
  ]);
  const queues = new ServedStack(stack, store, schemas);
  const files = async () => (await import("@alienplatform/console")).consoleFiles();
  return httpApi(queues, {
    token,
    tokenFor: "changes",
    hosts: LOOPBACK_HOSTS,
    files,
    onUnexpected: (text) => warn(unexpectedOfApi(text)),
  });
}
