import {
  type Change,
  type Controller,
  marksMissing,
  OWNER,
  type Owner,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  refuseOthers,
  type Settings,
  settingChanges,
  settle,
} from "@alienplatform/deploy";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  type SQSClient,
  TagQueueCommand,
} from "@aws-sdk/client-sqs";
import type { SqsQueueConfig } from "../part-configs.ts";
import { ownerOf, tagsOf } from "./owner-tags.ts";
import { attributesOf, holdsOf, settingsOf, wantedSettings } from "./sqs-attributes.ts";
import { unlessGone } from "./unless-gone.ts";

/** A queue as SQS has it. Its id is the ARN. */
export interface SqsQueuePart extends RemotePart {
  readonly settings: Settings;
}

/** "The queue deletion process takes up to 60 seconds", says DeleteQueue's page. */
const DELETED_WITHIN_MS = 90_000;

/** Both names of the same error: by protocol, and by the SDK. */
const GONE = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

const REPLACES = {
  fifoQueue: "SQS cannot turn a standard queue into a FIFO queue, nor the other way round",
};

/** Makes SQS queues. */
export class SqsQueueController implements Controller<SqsQueueConfig, SqsQueuePart> {
  readonly api = "sqs";
  readonly #sqs: SQSClient;
  /** What stands before the name in the URLs of this account and region, as SQS itself wrote it. */
  #urlsBegin: string | undefined;

  constructor(sqs: SQSClient) {
    this.#sqs = sqs;
  }

  async read(context: PartContext<SqsQueueConfig>): Promise<SqsQueuePart | undefined> {
    const url = await this.#urlOf(context.name, context.signal);
    return url === undefined ? undefined : this.#readAt(url, context);
  }

  diff(config: SqsQueueConfig, remote: SqsQueuePart): readonly Change[] {
    return [...settingChanges(wantedSettings(config), remote.settings, REPLACES)];
  }

  async create(
    context: PartContext<SqsQueueConfig>,
    config: SqsQueueConfig,
  ): Promise<SqsQueuePart> {
    const { name: QueueName, owner, signal } = context;
    const settings = wantedSettings(config);
    const { QueueUrl = "" } = await this.#sqs.send(
      new CreateQueueCommand({
        QueueName,
        Attributes: attributesOf(settings, Object.keys(settings)),
        tags: tagsOf(owner),
      }),
      { abortSignal: signal },
    );
    this.#learn(QueueUrl, QueueName);
    // SQS names no ARN here, and may not show the queue for a second.
    return settle(context, `the queue ${QueueName} is made`, DELETED_WITHIN_MS, () =>
      this.#readAt(QueueUrl, context),
    );
  }

  async update(
    context: PartContext<SqsQueueConfig>,
    config: SqsQueueConfig,
    remote: SqsQueuePart,
    changes: readonly Change[],
  ): Promise<SqsQueuePart> {
    const { owner, signal } = context;
    const { url: QueueUrl } = remote.attributes;
    const settings = wantedSettings(config);
    const paths = changes.map(({ path }) => path).filter((path) => path !== OWNER);
    if (paths.length > 0) {
      await this.#sqs.send(
        new SetQueueAttributesCommand({ QueueUrl, Attributes: attributesOf(settings, paths) }),
        { abortSignal: signal },
      );
    }
    if (marksMissing(changes)) {
      await this.#sqs.send(new TagQueueCommand({ QueueUrl, Tags: tagsOf(owner) }), {
        abortSignal: signal,
      });
    }
    return { ...remote, owner: context.owner, settings };
  }

  async delete(context: PartContext<SqsQueueConfig>, remote: SqsQueuePart): Promise<void> {
    const { url: QueueUrl = "" } = remote.attributes;
    const { signal } = context;
    refuseOthers(await this.#owner(QueueUrl, signal), context);
    await unlessGone(
      this.#sqs.send(new DeleteQueueCommand({ QueueUrl }), { abortSignal: signal }),
      ...GONE,
    );
    await settle(context, `the queue ${context.name} is deleted`, DELETED_WITHIN_MS, async () =>
      (await this.#attributes(QueueUrl, signal)) === undefined ? true : undefined,
    );
  }

  async #readAt(
    url: string,
    context: PartContext<SqsQueueConfig>,
  ): Promise<SqsQueuePart | undefined> {
    const attributes = await this.#attributes(url, context.signal);
    if (attributes === undefined) return undefined;
    const { QueueArn: arn = "" } = attributes;
    const owner = await ownerUnlessRemembered(context, arn, () => this.#owner(url, context.signal));
    const holds = holdsOf(attributes);
    return {
      id: arn,
      ...owner,
      attributes: { url, arn },
      ...(holds === undefined ? {} : { holds }),
      settings: settingsOf(attributes),
    };
  }

  async #attributes(
    QueueUrl: string,
    abortSignal: AbortSignal,
  ): Promise<Readonly<Record<string, string>> | undefined> {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
    const answer = await unlessGone(this.#sqs.send(command, { abortSignal }), ...GONE);
    return answer === undefined ? undefined : (answer.Attributes ?? {});
  }

  async #owner(QueueUrl: string, abortSignal: AbortSignal): Promise<Owner | undefined> {
    const answer = await unlessGone(
      this.#sqs.send(new ListQueueTagsCommand({ QueueUrl }), { abortSignal }),
      ...GONE,
    );
    return ownerOf(answer?.Tags);
  }

  /**
   * SQS wants URLs and advises against making them up, so the first is asked for; those of one account and region differ
   * by the name at their end. Undefined where SQS was asked and knows no such queue.
   */
  async #urlOf(name: string, abortSignal: AbortSignal): Promise<string | undefined> {
    if (this.#urlsBegin !== undefined) return this.#urlsBegin + name;
    const command = new GetQueueUrlCommand({ QueueName: name });
    const answer = await unlessGone(this.#sqs.send(command, { abortSignal }), ...GONE);
    if (answer?.QueueUrl !== undefined) this.#learn(answer.QueueUrl, name);
    return answer?.QueueUrl;
  }

  #learn(url: string, name: string): void {
    if (url.endsWith(`/${name}`)) this.#urlsBegin = url.slice(0, -name.length);
  }
}
