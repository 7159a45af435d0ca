import {
  asOwner,
  type Change,
  type Controller,
  changed,
  entryChanges,
  isUnknown,
  marksMissing,
  type PartContext,
  type RemotePart,
  type Settings,
} from "@alienplatform/deploy";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import type { IamRoleConfig } from "../part-configs.ts";
import { ownerOfList, tagListOf } from "./owner-tags.ts";
import { statementsOf } from "./policy-statements.ts";
import { unlessGone } from "./unless-gone.ts";

/** A role as IAM has it, with its one inline policy. Its id is the ARN. */
export interface IamRolePart extends RemotePart {
  readonly path: string;
  readonly description: string;
  /** By the Sid of each statement; so are those of the policy. */
  readonly assumeRolePolicy: Settings;
  readonly policy: Settings;
}

const GONE = "NoSuchEntityException";

/** Makes the role of a function. */
export class IamRoleController implements Controller<IamRoleConfig, IamRolePart> {
  readonly api = "iam";
  readonly #iam: IAMClient;

  constructor(iam: IAMClient) {
    this.#iam = iam;
  }

  async read(context: PartContext<IamRoleConfig>): Promise<IamRolePart | undefined> {
    const { name: RoleName, signal: abortSignal } = context;
    const { policyName } = context.config;
    const [found, policy] = await Promise.all([
      unlessGone(this.#iam.send(new GetRoleCommand({ RoleName }), { abortSignal }), GONE),
      isUnknown(policyName) ? undefined : this.#policy(RoleName, policyName, abortSignal),
    ]);
    const role = found?.Role;
    if (role === undefined) return undefined;
    const { Arn: arn = "", Path: path = "", Description: description = "" } = role;
    return {
      id: arn,
      ...asOwner(ownerOfList(role.Tags)),
      attributes: { arn },
      path,
      description,
      assumeRolePolicy: statementsOf(role.AssumeRolePolicyDocument),
      policy: statementsOf(policy),
    };
  }

  diff(config: IamRoleConfig, remote: IamRolePart): readonly Change[] {
    return [
      ...changed("path", remote.path, config.path, "IAM cannot move a role to another path"),
      ...changed("description", remote.description, config.description),
      ...entryChanges(
        "assumeRolePolicy",
        config.assumeRolePolicy,
        remote.assumeRolePolicy,
        statementsOf,
      ),
      ...entryChanges("policy", config.policy, remote.policy, statementsOf),
    ];
  }

  async create(context: PartContext<IamRoleConfig>, config: IamRoleConfig): Promise<IamRolePart> {
    const { name: RoleName, owner, signal: abortSignal } = context;
    const { path, description, assumeRolePolicy } = config;
    const { Role } = await this.#iam.send(
      new CreateRoleCommand({
        RoleName,
        Path: path,
        Description: description,
        AssumeRolePolicyDocument: JSON.stringify(assumeRolePolicy),
        Tags: tagListOf(owner),
      }),
      { abortSignal },
    );
    const arn = Role?.Arn ?? "";
    return {
      id: arn,
      owner: context.owner,
      attributes: { arn },
      path,
      description,
      assumeRolePolicy: statementsOf(assumeRolePolicy),
      policy: {},
    };
  }

  async update(
    context: PartContext<IamRoleConfig>,
    config: IamRoleConfig,
    remote: IamRolePart,
    changes: readonly Change[],
  ): Promise<IamRolePart> {
    const { name: RoleName, owner, signal: abortSignal } = context;
    const { description, assumeRolePolicy, policyName, policy } = config;
    const differs = (setting: string) => changes.some(({ path }) => path.split(".")[0] === setting);
    if (differs("description")) {
      const command = new UpdateRoleCommand({ RoleName, Description: description });
      await this.#iam.send(command, { abortSignal });
    }
    if (differs("assumeRolePolicy")) {
      const PolicyDocument = JSON.stringify(assumeRolePolicy);
      const command = new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument });
      await this.#iam.send(command, { abortSignal });
    }
    if (differs("policy")) {
      const PolicyDocument = JSON.stringify(policy);
      const command = new PutRolePolicyCommand({
        RoleName,
        PolicyName: policyName,
        PolicyDocument,
      });
      await this.#iam.send(command, { abortSignal });
    }
    if (marksMissing(changes)) {
      await this.#iam.send(new TagRoleCommand({ RoleName, Tags: tagListOf(owner) }), {
        abortSignal,
      });
    }
    return {
      ...remote,
      owner: context.owner,
      description,
      assumeRolePolicy: statementsOf(assumeRolePolicy),
      policy: statementsOf(policy),
    };
  }

  /** IAM deletes no role that has a policy, whoever gave it one. */
  async delete({ name: RoleName, signal: abortSignal }: PartContext<IamRoleConfig>): Promise<void> {
    const [inline, attached] = await Promise.all([
      unlessGone(this.#iam.send(new ListRolePoliciesCommand({ RoleName }), { abortSignal }), GONE),
      unlessGone(
        this.#iam.send(new ListAttachedRolePoliciesCommand({ RoleName }), { abortSignal }),
        GONE,
      ),
    ]);
    for (const PolicyName of inline?.PolicyNames ?? []) {
      const command = new DeleteRolePolicyCommand({ RoleName, PolicyName });
      await unlessGone(this.#iam.send(command, { abortSignal }), GONE);
    }
    for (const { PolicyArn } of attached?.AttachedPolicies ?? []) {
      const command = new DetachRolePolicyCommand({ RoleName, PolicyArn });
      await unlessGone(this.#iam.send(command, { abortSignal }), GONE);
    }
    await unlessGone(this.#iam.send(new DeleteRoleCommand({ RoleName }), { abortSignal }), GONE);
  }

  async #policy(
    RoleName: string,
    PolicyName: string,
    abortSignal: AbortSignal,
  ): Promise<string | undefined> {
    const command = new GetRolePolicyCommand({ RoleName, PolicyName });
    const answer = await unlessGone(this.#iam.send(command, { abortSignal }), GONE);
    return answer?.PolicyDocument;
  }
}
