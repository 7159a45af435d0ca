import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { target as aws } from "@alienplatform/aws/deploy";
import { target as azure } from "@alienplatform/azure/deploy";
import { target as cloudflare } from "@alienplatform/cloudflare/deploy";
import type { FunctionTarget } from "@alienplatform/deploy";
import { target as gcp } from "@alienplatform/gcp/deploy";
import { Log, LogLevel, Miniflare } from "miniflare";
import { startFunctionsFramework } from "../../peers/support/functions-framework.ts";
import { startLambdaProcess } from "../lambda/lambda-process.ts";
import { fetched, type Hosted, type Requested } from "./requested.ts";

export interface HostOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly atEnd: (stop: () => Promise<void>) => void;
}

/** What a platform runs a bundle in. */
export interface Host {
  readonly name: string;
  readonly target: FunctionTarget;
  start(bundle: string, options: HostOptions): Promise<Hosted>;
}

export const lambda: Host = {
  name: "a function URL of Lambda",
  target: aws,
  async start(bundle, options) {
    const { invoke, said } = await startLambdaProcess(bundle, options);
    return { said, ask: async (requested) => ofLambda(await invoke(urlEvent(requested))) };
  },
};

/** As Lambda makes it of a request. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
function urlEvent({ method, target, headers = [], body }: Requested): object {
  const [rawPath, rawQueryString = ""] = target.split("?");
  const domainName = "abc.lambda-url.eu-central-1.on.aws";
  const joined = new Headers(headers.map(([name, value]) => [name, value]));
  const cookies = joined.get("cookie")?.split("; ");
  joined.delete("cookie");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers: { host: domainName, "x-forwarded-proto": "https", ...Object.fromEntries(joined) },
    requestContext: {
      accountId: "anonymous",
      domainName,
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "198.51.100.1" },
      stage: "$default",
    },
    ...(body === undefined ? {} : { body: Buffer.from(body).toString("base64") }),
    isBase64Encoded: body !== undefined,
  };
}

/** As Lambda makes a response of it. */
function ofLambda(answer: unknown) {
  const { statusCode, headers, cookies, body, isBase64Encoded } = answer as {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly cookies: readonly string[];
    readonly body: string;
    readonly isBase64Encoded: boolean;
  };
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  return { status: statusCode, headers, cookies, body: new Uint8Array(bytes) };
}

export const functionsFramework: Host = {
  name: "Google's functions-framework",
  target: gcp,
  async start(bundle, { env, atEnd }) {
    const cwd = dirname(bundle);
    const hosted = await startFunctionsFramework(bundle, { env, cwd, atEnd, keysUrl: "" });
    return {
      said: () => hosted.peer.output,
      ask: (requested) => fetched(hosted.url, requested),
    };
  },
};

export const azureFunctions: Host = {
  name: "an HTTP trigger of Azure Functions",
  target: azure,
  async start(bundle, { env, atEnd }) {
    const library = fileURLToPath(new URL("./azure-worker.mjs", import.meta.url));
    const child = fork(library, [pathToFileURL(bundle).href], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    let said = "";
    child.stderr?.on("data", (text) => {
      said += String(text);
    });
    atEnd(async () => {
      child.kill();
      await once(child, "exit");
    });
    await once(child, "message");
    const ask = async ({ method, target, headers = [], body }: Requested) => {
      const url = `https://app.azurewebsites.net${target}`;
      child.send({ method, url, headers, body: body && Buffer.from(body).toString("base64") });
      const [answer] = await once(child, "message");
      return {
        status: answer.status,
        headers: omitCookie(answer.headers),
        cookies: cookiesOf(answer),
        body: new Uint8Array(Buffer.from(answer.body, "base64")),
      };
    };
    return { said: () => said, ask };
  },
};

function omitCookie(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "set-cookie"));
}

/** As the library writes cookies: https://github.com/Azure/azure-functions-nodejs-library, src/http/httpProxy.ts */
function cookiesOf({
  headers,
  cookies,
}: {
  headers: Record<string, string>;
  cookies: CookieObject[];
}) {
  const only = headers["set-cookie"];
  const written = cookies.map(({ name, value, maxAge, path, httpOnly, sameSite }) =>
    [
      `${name}=${encodeURIComponent(value)}`,
      ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
      ...(path === undefined ? [] : [`Path=${path}`]),
      ...(httpOnly ? ["HttpOnly"] : []),
      ...(sameSite === undefined ? [] : [`SameSite=${sameSite}`]),
    ].join("; "),
  );
  return only === undefined ? written : [only, ...written];
}

interface CookieObject {
  readonly name: string;
  readonly value: string;
  readonly maxAge?: number;
  readonly path?: string;
  readonly httpOnly?: boolean;
  readonly sameSite?: string;
}

export const workers: Host = {
  name: "workerd",
  target: cloudflare,
  async start(bundle, { env, atEnd }) {
    let said = "";
    const miniflare = new Miniflare({
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (_stdout: Readable, stderr: Readable) => {
        stderr.on("data", (text: Buffer) => {
          said += String(text);
        });
      },
      modules: [{ type: "ESModule", path: "index.mjs", contents: await readFile(bundle, "utf8") }],
      compatibilityDate: "2026-04-01",
      bindings: { ...env },
    });
    atEnd(() => miniflare.dispose());
    const url = String(await miniflare.ready);
    return { said: () => said, ask: (requested) => fetched(url, requested) };
  },
};
