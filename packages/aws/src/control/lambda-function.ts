import {
  asOwner,
  type Change,
  type Controller,
  declaredAlone,
  entryChanges,
  isUnknown,
  marksMissing,
  OWNER,
  type PartContext,
  type RemotePart,
  settingChanges,
  settle,
} from "@alienplatform/deploy";
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { LambdaFunctionConfig } from "../part-configs.ts";
import { configurationOf, type FunctionSettings, functionSettings } from "./function-settings.ts";
import { type FunctionState, stateChanges, stateOf, stateRefusal } from "./function-state.ts";
import { ownerOf, tagsOf } from "./owner-tags.ts";
import { unlessGone } from "./unless-gone.ts";

/** A function as Lambda has it. Its id is the ARN without a version. */
export interface LambdaFunctionPart extends RemotePart {
  readonly settings: FunctionSettings;
  /** The variables; those that nobody declared come without their values, which may be secret. */
  readonly environment: Readonly<Record<string, string>>;
  readonly state: FunctionState;
}

/** Without a network of one's own it is a matter of seconds. */
const SETTLED_WITHIN_MS = 300_000;

const GONE = "ResourceNotFoundException";

/** Makes Lambda functions from zip files. */
export class LambdaFunctionController
  implements Controller<LambdaFunctionConfig, LambdaFunctionPart>
{
  readonly api = "lambda";
  readonly #lambda: LambdaClient;

  constructor(lambda: LambdaClient) {
    this.#lambda = lambda;
  }

  async read(context: PartContext<LambdaFunctionConfig>): Promise<LambdaFunctionPart | undefined> {
    const { name: FunctionName, config, signal: abortSignal } = context;
    const found = await unlessGone(
      this.#lambda.send(new GetFunctionCommand({ FunctionName }), { abortSignal }),
      GONE,
    );
    if (found?.Configuration === undefined) return undefined;
    const { Configuration: configuration, Concurrency } = found;
    const { FunctionArn: arn = "", Environment } = configuration;
    return {
      id: arn,
      ...asOwner(ownerOf(found.Tags)),
      attributes: { arn, name: FunctionName },
      settings: functionSettings(configuration, Concurrency?.ReservedConcurrentExecutions),
      environment: declaredAlone(Environment?.Variables ?? {}, config.environment),
      state: stateOf(configuration),
    };
  }

  diff(config: LambdaFunctionConfig, remote: LambdaFunctionPart): readonly Change[] {
    const { environment, code, ...rest } = config;
    const sha256 = isUnknown(code) ? code : code.sha256;
    return [
      ...settingChanges({ ...rest, "code.sha256": sha256 }, remote.settings),
      ...entryChanges("environment", environment, remote.environment, (each) => each),
      ...stateChanges(remote.state),
    ];
  }

  async create(
    context: PartContext<LambdaFunctionConfig>,
    config: LambdaFunctionConfig,
  ): Promise<LambdaFunctionPart> {
    const { name: FunctionName, owner, signal: abortSignal } = context;
    await this.#lambda.send(
      new CreateFunctionCommand({
        ...configurationOf(config),
        FunctionName,
        PackageType: "Zip",
        Code: { ZipFile: await context.artifact(config.code.sha256) },
        Architectures: [config.architecture],
        Tags: tagsOf(owner),
      }),
      { abortSignal },
    );
    return this.#settled(context);
  }

  async update(
    context: PartContext<LambdaFunctionConfig>,
    config: LambdaFunctionConfig,
    remote: LambdaFunctionPart,
    changes: readonly Change[],
  ): Promise<LambdaFunctionPart> {
    const { name: FunctionName, owner, signal: abortSignal } = context;
    const todo = workOf(changes);
    // One whose last change failed is changed once more; waiting would not mend it.
    let current = remote.state === "pending" ? await this.#settled(context) : remote;
    // New code may want the new settings; Lambda takes one change at a time.
    if (todo.configuration) {
      await this.#lambda.send(
        new UpdateFunctionConfigurationCommand({ ...configurationOf(config), FunctionName }),
        { abortSignal },
      );
      current = await this.#settled(context);
    }
    if (todo.code) {
      await this.#lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName,
          ZipFile: await context.artifact(config.code.sha256),
          Architectures: [config.architecture],
        }),
        { abortSignal },
      );
      current = await this.#settled(context);
    }
    if (todo.concurrency) {
      await this.#reserve(FunctionName, config.reservedConcurrency, abortSignal);
      current = { ...current, settings: { ...current.settings, ...reservedOf(config) } };
    }
    if (marksMissing(changes)) {
      const command = new TagResourceCommand({ Resource: remote.id, Tags: tagsOf(owner) });
      await this.#lambda.send(command, { abortSignal });
    }
    return { ...current, owner: context.owner };
  }

  async delete(context: PartContext<LambdaFunctionConfig>): Promise<void> {
    const { name: FunctionName, signal: abortSignal } = context;
    const command = new DeleteFunctionCommand({ FunctionName });
    await unlessGone(this.#lambda.send(command, { abortSignal }), GONE);
  }

  async #reserve(
    FunctionName: string,
    ReservedConcurrentExecutions: number | undefined,
    abortSignal: AbortSignal,
  ): Promise<void> {
    if (ReservedConcurrentExecutions === undefined) {
      const command = new DeleteFunctionConcurrencyCommand({ FunctionName });
      await this.#lambda.send(command, { abortSignal });
      return;
    }
    await this.#lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }),
      { abortSignal },
    );
  }

  /** As it is when Lambda has finished with it; throws what Lambda says where that went wrong. */
  async #settled(context: PartContext<LambdaFunctionConfig>): Promise<LambdaFunctionPart> {
    const { name } = context;
    return settle(context, `the function ${name} is ready`, SETTLED_WITHIN_MS, async () => {
      const remote = await this.read(context);
      if (remote === undefined || remote.state === "pending") return undefined;
      if (remote.state !== "ready") throw stateRefusal(name, remote.state);
      return remote;
    });
  }
}

/** Which calls the changes want. */
function workOf(
  changes: readonly Change[],
): Record<"code" | "configuration" | "concurrency", boolean> {
  const work = { code: false, configuration: false, concurrency: false };
  for (const { path } of changes) {
    if (path === "code.sha256" || path === "architecture") work.code = true;
    else if (path === "reservedConcurrency") work.concurrency = true;
    else if (path !== OWNER && path !== "state") work.configuration = true;
  }
  return work;
}

function reservedOf({ reservedConcurrency }: LambdaFunctionConfig): FunctionSettings {
  return { reservedConcurrency };
}
