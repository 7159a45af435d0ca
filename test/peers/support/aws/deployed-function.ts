import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  type FunctionConfiguration,
  GetFunctionCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { unzipSync } from "fflate";
import { FunctionInstance } from "./function-instance.ts";
import { FunctionLog } from "./function-log.ts";
import type { RolesAssumed } from "./role-credentials.ts";

/** Where a function is, and who it runs as. */
export interface FunctionPlace {
  /** Of AWS. */
  readonly endpoint: string;
  readonly region: string;
  /** Of somebody who may read functions and write logs: Lambda itself. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly roles: RolesAssumed;
  /** Where its log goes; without, nobody gets it. */
  readonly logEndpoint?: string;
}

/** What makes it another function to run. */
interface Version {
  /** What it was read from, to see a change. */
  readonly key: string;
  readonly folder: string;
  readonly config: FunctionConfiguration;
  readonly idle: Instance[];
  /** Instances that are invoked or idle. */
  readonly all: Set<Instance>;
  /** Another version has taken over: no instance is used again. */
  over: boolean;
}

interface Instance {
  readonly process: FunctionInstance;
  readonly log: FunctionLog | undefined;
}

/**
 * A function of Lambda as it is deployed at each moment: its zip, its environment, its role, its timeout. Instances are
 * kept and used again, one per invocation at once; where the function was changed, new ones take over.
 */
export class DeployedFunction {
  readonly name: string;
  readonly #place: FunctionPlace;
  readonly #lambda: LambdaClient;
  readonly #logs: CloudWatchLogsClient | undefined;
  #version: Promise<Version> | undefined;

  constructor(name: string, place: FunctionPlace) {
    this.name = name;
    this.#place = place;
    const { endpoint, region, credentials, logEndpoint } = place;
    this.#lambda = new LambdaClient({ endpoint, region, credentials });
    if (logEndpoint !== undefined) {
      this.#logs = new CloudWatchLogsClient({ endpoint: logEndpoint, region, credentials });
    }
  }

  /** Resolves with what the handler returned; rejects where it failed. */
  async invoke(event: unknown): Promise<unknown> {
    const version = await this.#current();
    const instance = version.idle.pop() ?? (await this.#start(version));
    const id = randomUUID();
    const startedAt = performance.now();
    instance.log?.write(`START RequestId: ${id} Version: $LATEST`);
    try {
      return await instance.process.invoke(event, id);
    } finally {
      const ms = (performance.now() - startedAt).toFixed(2);
      instance.log?.write(`END RequestId: ${id}`);
      instance.log?.write(`REPORT RequestId: ${id}\tDuration: ${ms} ms`);
      await instance.log?.flushed();
      if (version.over || instance.process.over) await endInstance(version, instance);
      else version.idle.push(instance);
    }
  }

  async stop(): Promise<void> {
    const version = await this.#version?.catch(() => undefined);
    if (version !== undefined) await end(version);
    this.#lambda.destroy();
    this.#logs?.destroy();
  }

  /** The function as AWS has it now. */
  async #current(): Promise<Version> {
    const { Configuration = {}, Code } = await this.#lambda.send(
      new GetFunctionCommand({ FunctionName: this.name }),
    );
    const { CodeSha256, Environment, Timeout, Role, Handler } = Configuration;
    const key = JSON.stringify([CodeSha256, Environment, Timeout, Role, Handler]);
    const before = this.#version;
    const version = await before?.catch(() => undefined);
    if (version?.key === key) return version;
    // Of two who see the change at once, the second takes what the first made.
    if (this.#version !== before) return this.#current();
    const next = unpacked(Code?.Location ?? "").then((folder) => ({
      key,
      folder,
      config: Configuration,
      idle: [],
      all: new Set<Instance>(),
      over: false,
    }));
    this.#version = next;
    const [made] = await Promise.all([next, version && end(version)]);
    return made;
  }

  async #start({ folder, config, all }: Version): Promise<Instance> {
    const { roles, endpoint, region } = this.#place;
    const { FunctionArn = "", Role = "", Handler = "", Timeout = 3, Environment } = config;
    const group = `/aws/lambda/${this.name}`;
    const stream = `2030/01/01/[$LATEST]${randomUUID().replaceAll("-", "")}`;
    const { accessKeyId, secretAccessKey, sessionToken } = await roles.of(Role);
    const log = this.#logs && new FunctionLog(this.#logs, group, stream);
    const process = await FunctionInstance.start({
      arn: FunctionArn,
      timeoutMs: Timeout * 1_000,
      folder,
      handler: Handler,
      env: {
        // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
        TZ: ":UTC",
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_LAMBDA_FUNCTION_NAME: this.name,
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.MemorySize),
        AWS_LAMBDA_LOG_GROUP_NAME: group,
        AWS_LAMBDA_LOG_STREAM_NAME: stream,
        LAMBDA_TASK_ROOT: folder,
        ...Environment?.Variables,
        // Ours: where this AWS is, and nothing about the Node of this machine.
        AWS_ENDPOINT_URL: endpoint,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      },
      onLine: (line) => log?.write(line),
    });
    const instance = { process, log };
    all.add(instance);
    return instance;
  }
}

/** Ends the instances that wait; one that is invoked ends after that. */
async function end(version: Version): Promise<void> {
  version.over = true;
  for (const instance of version.idle.splice(0)) await endInstance(version, instance);
  if (version.all.size === 0) await rm(version.folder, { recursive: true, force: true });
}

async function endInstance({ all, over, folder }: Version, instance: Instance): Promise<void> {
  await instance.process.stop();
  // What a process wrote may come after its answer.
  await instance.log?.flushed();
  all.delete(instance);
  if (over && all.size === 0) await rm(folder, { recursive: true, force: true });
}

async function unpacked(location: string): Promise<string> {
  const answer = await fetch(location);
  if (!answer.ok) throw new Error(`no code at ${location}: ${answer.status}`);
  const folder = await mkdtemp(join(tmpdir(), "function-"));
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  for (const [name, bytes] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  return folder;
}
