import {
  type Change,
  type Controller,
  changed,
  entryChanges,
  isUnknown,
  type Json,
  type Owner,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  settle,
} from "@alienplatform/deploy";
import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  type LambdaClient,
  RemovePermissionCommand,
  UpdateFunctionUrlConfigCommand,
} from "@aws-sdk/client-lambda";
import type { FunctionUrlConfig } from "../part-configs.ts";
import { ownerOf } from "./owner-tags.ts";
import { type Statement, statementsOf } from "./policy-statements.ts";
import { unlessGone } from "./unless-gone.ts";

/** A function's URL as Lambda has it, with the statements that open it. Its id is the URL. */
export interface FunctionUrlPart extends RemotePart {
  readonly authType: string;
  readonly invokeMode: string;
  /** Of the function's whole resource policy, by their Sids. */
  readonly statements: Readonly<Record<string, Statement>>;
}

/** Lambda shows what it has made at once, or almost. */
const SETTLED_WITHIN_MS = 30_000;

type Permission = FunctionUrlConfig["permissions"][number];

const GONE = "ResourceNotFoundException";

/** Makes the URL of a function. It has no tags: it belongs to whom the function belongs. */
export class FunctionUrlController implements Controller<FunctionUrlConfig, FunctionUrlPart> {
  readonly api = "lambda";
  readonly #lambda: LambdaClient;

  constructor(lambda: LambdaClient) {
    this.#lambda = lambda;
  }

  async read(context: PartContext<FunctionUrlConfig>): Promise<FunctionUrlPart | undefined> {
    const { name: FunctionName, signal: abortSignal } = context;
    const [found, policy] = await Promise.all([
      unlessGone(
        this.#lambda.send(new GetFunctionUrlConfigCommand({ FunctionName }), { abortSignal }),
        GONE,
      ),
      unlessGone(this.#lambda.send(new GetPolicyCommand({ FunctionName }), { abortSignal }), GONE),
    ]);
    if (found === undefined) return undefined;
    const { FunctionUrl: url = "", AuthType: authType = "", InvokeMode } = found;
    const owner = await ownerUnlessRemembered(context, url, () => this.#owner(context));
    return {
      id: url,
      ...owner,
      attributes: { url },
      authType,
      invokeMode: InvokeMode ?? "BUFFERED",
      statements: statementsOf(policy?.Policy),
    };
  }

  diff(config: FunctionUrlConfig, remote: FunctionUrlPart): readonly Change[] {
    const { authType, invokeMode, permissions } = config;
    const found = Object.entries(remote.statements).filter(
      ([id, statement]) => isOfUrl(statement) || isNamed(permissions, id),
    );
    return [
      ...changed("authType", remote.authType, authType),
      ...changed("invokeMode", remote.invokeMode, invokeMode),
      ...entryChanges(
        "permissions",
        permissions,
        Object.fromEntries(found.map(([id, statement]) => [id, foundOf(statement)])),
        (wanted) => Object.fromEntries(wanted.map((each) => [each.statementId, wantedOf(each)])),
      ),
    ];
  }

  async create(
    context: PartContext<FunctionUrlConfig>,
    { functionName: FunctionName, authType, invokeMode }: FunctionUrlConfig,
  ): Promise<FunctionUrlPart> {
    await this.#lambda.send(
      new CreateFunctionUrlConfigCommand({
        FunctionName,
        AuthType: authType,
        InvokeMode: invokeMode,
      }),
      { abortSignal: context.signal },
    );
    return this.#again(context);
  }

  async update(
    context: PartContext<FunctionUrlConfig>,
    config: FunctionUrlConfig,
    remote: FunctionUrlPart,
    changes: readonly Change[],
  ): Promise<FunctionUrlPart> {
    const { signal: abortSignal } = context;
    const { functionName: FunctionName, authType, invokeMode, permissions } = config;
    const differs = (setting: string) => changes.some(({ path }) => path === setting);
    if (differs("authType") || differs("invokeMode")) {
      await this.#lambda.send(
        new UpdateFunctionUrlConfigCommand({
          FunctionName,
          AuthType: authType,
          InvokeMode: invokeMode,
        }),
        { abortSignal },
      );
    }
    for (const [id, statement] of Object.entries(remote.statements)) {
      const alien = isOfUrl(statement) && !isNamed(permissions, id);
      if (alien) await this.#revoke(FunctionName, id, abortSignal);
    }
    for (const permission of permissions) {
      const { statementId } = permission;
      if (!differs(`permissions.${statementId}`)) continue;
      // A statement cannot be changed, only made anew.
      if (statementId in remote.statements)
        await this.#revoke(FunctionName, statementId, abortSignal);
      await this.#grant(FunctionName, permission, abortSignal);
    }
    return this.#again(context);
  }

  /** The URL goes last, since `read` goes by it: what is left after a crash is found again. */
  async delete(context: PartContext<FunctionUrlConfig>, remote: FunctionUrlPart): Promise<void> {
    const { name: FunctionName, signal: abortSignal } = context;
    for (const [id, statement] of Object.entries(remote.statements)) {
      if (isOfUrl(statement)) await this.#revoke(FunctionName, id, abortSignal);
    }
    const command = new DeleteFunctionUrlConfigCommand({ FunctionName });
    await unlessGone(this.#lambda.send(command, { abortSignal }), GONE);
  }

  async #grant(
    FunctionName: string,
    permission: Permission,
    abortSignal: AbortSignal,
  ): Promise<void> {
    const { statementId: StatementId, action: Action, principal: Principal } = permission;
    await this.#lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId,
        Action,
        Principal,
        ...("invokedViaFunctionUrl" in permission
          ? { InvokedViaFunctionUrl: permission.invokedViaFunctionUrl }
          : { FunctionUrlAuthType: permission.functionUrlAuthType }),
      }),
      { abortSignal },
    );
  }

  async #revoke(
    FunctionName: string,
    StatementId: string,
    abortSignal: AbortSignal,
  ): Promise<void> {
    const command = new RemovePermissionCommand({ FunctionName, StatementId });
    await unlessGone(this.#lambda.send(command, { abortSignal }), GONE);
  }

  /** As it is, straight after it was made or changed. */
  async #again(context: PartContext<FunctionUrlConfig>): Promise<FunctionUrlPart> {
    return settle(context, `the URL of ${context.name} is there`, SETTLED_WITHIN_MS, () =>
      this.read(context),
    );
  }

  /** Of the function, whose part is another one. */
  async #owner(context: PartContext<FunctionUrlConfig>): Promise<Owner | undefined> {
    const { name: FunctionName, owner, signal: abortSignal } = context;
    const command = new GetFunctionCommand({ FunctionName });
    const answer = await unlessGone(this.#lambda.send(command, { abortSignal }), GONE);
    const found = ownerOf(answer?.Tags);
    return found && { ...found, part: owner.part };
  }
}

/** As Lambda writes the statement that is asked for. */
function wantedOf(permission: Permission): Json {
  const { action: Action, principal: Principal } = permission;
  const Condition =
    "invokedViaFunctionUrl" in permission
      ? { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }
      : { StringEquals: { "lambda:FunctionUrlAuthType": permission.functionUrlAuthType } };
  return { Action, Principal, Condition };
}

function foundOf(statement: Statement): Json {
  const { Action, Principal, Condition } = statement;
  return { Action, Principal, Condition };
}

/** Whether one of the statements that are wanted has this name. */
function isNamed(permissions: readonly Permission[], id: string): boolean {
  return !isUnknown(permissions) && permissions.some(({ statementId }) => statementId === id);
}

/** Whether a statement is there for URLs alone, whoever added it. */
function isOfUrl({ Action, Condition }: Statement): boolean {
  return (
    Action === "lambda:InvokeFunctionUrl" ||
    JSON.stringify(Condition ?? {}).includes("lambda:InvokedViaFunctionUrl")
  );
}
