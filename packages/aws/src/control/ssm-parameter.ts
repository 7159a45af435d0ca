import { randomBytes } from "node:crypto";
import {
  type Change,
  type Controller,
  marksMissing,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  refuseOthers,
} from "@alienplatform/deploy";
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type SSMClient,
  type Tag,
} from "@aws-sdk/client-ssm";
import { PLACEHOLDER, type SsmParameterConfig } from "../part-configs.ts";
import { ownerOfList, tagListOf } from "./owner-tags.ts";
import { unlessGone } from "./unless-gone.ts";

/** What deploy writes: a placeholder, or what only has to be unguessable. Later ones somebody has set. */
const FIRST_VERSION = 1;

/** Bytes of a secret that only has to be unguessable. */
const RANDOM_BYTES = 32;

/**
 * Makes the places of secrets. Their value is written once, when they are made, and never read: that somebody has set one is
 * known by its version. Nothing of them is changed later, since Parameter Store changes a description only by writing a value.
 */
export class SsmParameterController implements Controller<SsmParameterConfig, RemotePart> {
  readonly api = "ssm";
  readonly #ssm: SSMClient;
  /** "arn:aws:ssm:eu-central-1:123456789012:parameter" */
  readonly #arnsBegin: string;

  constructor(ssm: SSMClient, arnsBegin: string) {
    this.#ssm = ssm;
    this.#arnsBegin = arnsBegin;
  }

  async read(context: PartContext<SsmParameterConfig>): Promise<RemotePart | undefined> {
    const { name, signal: abortSignal } = context;
    const command = new DescribeParametersCommand({
      ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [name] }],
    });
    const { Parameters = [] } = await this.#ssm.send(command, { abortSignal });
    const { Version } = Parameters.find(({ Name }) => Name === name) ?? {};
    const { id } = this.#identity(name);
    const tags = Version === undefined ? await this.#tags(name, abortSignal) : undefined;
    // A list may lack for a while what was made just now; its tags are known at once.
    if (Version === undefined && tags === undefined) return undefined;
    const owner = await ownerUnlessRemembered(context, id, async () =>
      ownerOfList(tags ?? (await this.#tags(name, abortSignal))),
    );
    const isSet = Version !== undefined && Version > FIRST_VERSION;
    return { ...this.#identity(name), ...owner, ...(isSet ? { holds: "its value" } : {}) };
  }

  diff(): readonly Change[] {
    return [];
  }

  async create(
    context: PartContext<SsmParameterConfig>,
    { type, tier, description, firstValue }: SsmParameterConfig,
  ): Promise<RemotePart> {
    const { name, owner, signal: abortSignal } = context;
    await this.#ssm.send(
      new PutParameterCommand({
        Name: name,
        Description: description,
        Type: type,
        Tier: tier,
        Value:
          firstValue === "random" ? randomBytes(RANDOM_BYTES).toString("base64url") : PLACEHOLDER,
        // A value that is there is somebody's secret.
        Overwrite: false,
        Tags: tagListOf(owner),
      }),
      { abortSignal },
    );
    return { ...this.#identity(name), owner: context.owner };
  }

  async update(
    context: PartContext<SsmParameterConfig>,
    _config: SsmParameterConfig,
    remote: RemotePart,
    changes: readonly Change[],
  ): Promise<RemotePart> {
    const { name, owner, signal: abortSignal } = context;
    if (marksMissing(changes)) {
      await this.#ssm.send(
        new AddTagsToResourceCommand({
          ResourceType: "Parameter",
          ResourceId: name,
          Tags: tagListOf(owner),
        }),
        { abortSignal },
      );
    }
    return { ...remote, owner: context.owner };
  }

  async delete(context: PartContext<SsmParameterConfig>): Promise<void> {
    const { name, signal: abortSignal } = context;
    refuseOthers(ownerOfList(await this.#tags(name, abortSignal)), context);
    const command = new DeleteParameterCommand({ Name: name });
    await unlessGone(this.#ssm.send(command, { abortSignal }), "ParameterNotFound");
  }

  /** Undefined where there is no such parameter. */
  async #tags(name: string, abortSignal: AbortSignal): Promise<readonly Tag[] | undefined> {
    const command = new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name });
    // What Parameter Store says of a name that it does not have.
    const answer = await unlessGone(this.#ssm.send(command, { abortSignal }), "InvalidResourceId");
    return answer && (answer.TagList ?? []);
  }

  /** Names begin with "/", which is what stands between. */
  #identity(name: string): Pick<RemotePart, "id" | "attributes"> {
    const arn = this.#arnsBegin + name;
    return { id: arn, attributes: { arn, name } };
  }
}
