import {
  type Change,
  type Controller,
  changed,
  marksMissing,
  type Owner,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  refuseOthers,
} from "@alienplatform/deploy";
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogGroupConfig } from "../part-configs.ts";
import { ownerOf, tagsOf } from "./owner-tags.ts";
import { unlessGone } from "./unless-gone.ts";

/** A log group as CloudWatch Logs has it. Its id is the ARN. */
export interface LogGroupPart extends RemotePart {
  /** Undefined is for ever. */
  readonly retentionInDays?: number;
}

const GONE = "ResourceNotFoundException";

/** Makes the log groups of functions, so that they have a retention and are no function's to make. */
export class LogGroupController implements Controller<LogGroupConfig, LogGroupPart> {
  readonly api = "logs";
  readonly #logs: CloudWatchLogsClient;
  /** "arn:aws:logs:eu-central-1:123456789012:log-group:" */
  readonly #arnsBegin: string;

  constructor(logs: CloudWatchLogsClient, arnsBegin: string) {
    this.#logs = logs;
    this.#arnsBegin = arnsBegin;
  }

  async read(context: PartContext<LogGroupConfig>): Promise<LogGroupPart | undefined> {
    const { name, signal: abortSignal } = context;
    // The names that begin so come in their order, so that the very one is the first.
    const { logGroups = [] } = await this.#logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: 1 }),
      { abortSignal },
    );
    const group = logGroups.find(({ logGroupName }) => logGroupName === name);
    if (group === undefined) return undefined;
    const arn = this.#arnOf(name);
    const owner = await ownerUnlessRemembered(context, arn, () => this.#owner(arn, abortSignal));
    const { retentionInDays } = group;
    return {
      id: arn,
      ...owner,
      attributes: { arn },
      ...(retentionInDays === undefined ? {} : { retentionInDays }),
    };
  }

  diff({ retentionInDays }: LogGroupConfig, remote: LogGroupPart): readonly Change[] {
    return [...changed("retentionInDays", remote.retentionInDays, retentionInDays)];
  }

  async create(context: PartContext<LogGroupConfig>): Promise<LogGroupPart> {
    const { name: logGroupName, owner, signal: abortSignal } = context;
    await this.#logs.send(new CreateLogGroupCommand({ logGroupName, tags: tagsOf(owner) }), {
      abortSignal,
    });
    const arn = this.#arnOf(logGroupName);
    return { id: arn, owner: context.owner, attributes: { arn } };
  }

  async update(
    context: PartContext<LogGroupConfig>,
    { retentionInDays }: LogGroupConfig,
    remote: LogGroupPart,
    changes: readonly Change[],
  ): Promise<LogGroupPart> {
    const { name: logGroupName, owner, signal: abortSignal } = context;
    if (changes.some(({ path }) => path === "retentionInDays")) {
      await this.#logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }), {
        abortSignal,
      });
    }
    if (marksMissing(changes)) {
      await this.#logs.send(
        new TagResourceCommand({ resourceArn: remote.id, tags: tagsOf(owner) }),
        { abortSignal },
      );
    }
    return { ...remote, owner: context.owner, retentionInDays };
  }

  async delete(context: PartContext<LogGroupConfig>): Promise<void> {
    const { name: logGroupName, signal: abortSignal } = context;
    refuseOthers(await this.#owner(this.#arnOf(logGroupName), abortSignal), context);
    const command = new DeleteLogGroupCommand({ logGroupName });
    await unlessGone(this.#logs.send(command, { abortSignal }), GONE);
  }

  async #owner(resourceArn: string, abortSignal: AbortSignal): Promise<Owner | undefined> {
    const command = new ListTagsForResourceCommand({ resourceArn });
    const answer = await unlessGone(this.#logs.send(command, { abortSignal }), GONE);
    return ownerOf(answer?.tags);
  }

  /** Without the ":*" that DescribeLogGroups puts at its end and that tagging refuses. */
  #arnOf(name: string): string {
    return this.#arnsBegin + name;
  }
}
