import {
  type Change,
  type Controller,
  marksMissing,
  OWNER,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
  settle,
} from "@alienplatform/deploy";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  TagResourceCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import type { EventSourceMappingConfig } from "../part-configs.ts";
import { ownerOf, tagsOf } from "./owner-tags.ts";
import { unlessGone } from "./unless-gone.ts";

/** A mapping as Lambda has it. Its id is the ARN. */
export interface EventSourceMappingPart extends RemotePart {
  readonly settings: Settings;
  /** False while an operator has paused it. */
  readonly enabled: boolean;
}

/** Lambda takes up to a minute to start or stop its pollers. */
const SETTLED_WITHIN_MS = 180_000;

const GONE = "ResourceNotFoundException";

const REPLACED = "a mapping is of one function and one queue for good";
const REPLACES = { functionName: REPLACED, eventSourceArn: REPLACED };

/** Makes what polls a queue for a function. */
export class EventSourceMappingController
  implements Controller<EventSourceMappingConfig, EventSourceMappingPart>
{
  /** Of its own: Lambda takes its time with each, which is no reason for functions to wait. */
  readonly api = "lambda-mappings";
  readonly #lambda: LambdaClient;

  constructor(lambda: LambdaClient) {
    this.#lambda = lambda;
  }

  async read(
    context: PartContext<EventSourceMappingConfig>,
  ): Promise<EventSourceMappingPart | undefined> {
    const { name, signal: abortSignal } = context;
    const [FunctionName = "", queue = ""] = name.split("/");
    let Marker: string | undefined;
    do {
      const command = new ListEventSourceMappingsCommand({ FunctionName, Marker });
      const page = await unlessGone(this.#lambda.send(command, { abortSignal }), GONE);
      const found = page?.EventSourceMappings?.find(
        // One that is being deleted cannot be kept any more.
        ({ EventSourceArn, State }) =>
          EventSourceArn?.endsWith(`:${queue}`) && State !== "Deleting",
      );
      if (found !== undefined) return this.#partOf(found, context);
      Marker = page?.NextMarker;
    } while (Marker !== undefined && Marker !== "");
    return undefined;
  }

  diff(config: EventSourceMappingConfig, remote: EventSourceMappingPart): readonly Change[] {
    const { enabledAtFirst, ...wanted } = config;
    return [...settingChanges(wanted, remote.settings, REPLACES)];
  }

  async create(
    context: PartContext<EventSourceMappingConfig>,
    config: EventSourceMappingConfig,
  ): Promise<EventSourceMappingPart> {
    const { owner, signal: abortSignal } = context;
    const { UUID } = await this.#lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: config.functionName,
        EventSourceArn: config.eventSourceArn,
        Enabled: config.enabledAtFirst,
        ...requestOf(config),
        Tags: tagsOf(owner),
      }),
      { abortSignal },
    );
    return this.#settled(context, UUID);
  }

  async update(
    context: PartContext<EventSourceMappingConfig>,
    config: EventSourceMappingConfig,
    remote: EventSourceMappingPart,
    changes: readonly Change[],
  ): Promise<EventSourceMappingPart> {
    const { owner, signal: abortSignal } = context;
    const { uuid: UUID } = remote.attributes;
    if (marksMissing(changes)) {
      const command = new TagResourceCommand({ Resource: remote.id, Tags: tagsOf(owner) });
      await this.#lambda.send(command, { abortSignal });
    }
    if (changes.every(({ path }) => path === OWNER)) return { ...remote, owner: context.owner };
    await this.#lambda.send(
      // Its page says that Enabled is true by default, and not that it stays as it is.
      new UpdateEventSourceMappingCommand({
        UUID,
        Enabled: remote.enabled,
        ...requestOf(config),
      }),
      { abortSignal },
    );
    return { ...(await this.#settled(context, UUID)), owner: context.owner };
  }

  async delete(
    context: PartContext<EventSourceMappingConfig>,
    remote: EventSourceMappingPart,
  ): Promise<void> {
    const { uuid: UUID } = remote.attributes;
    const { name, signal: abortSignal } = context;
    const command = new DeleteEventSourceMappingCommand({ UUID });
    await unlessGone(this.#lambda.send(command, { abortSignal }), GONE);
    // Until then Lambda makes no other one of the same function and queue, and goes on polling.
    await settle(context, `the mapping ${name} is deleted`, SETTLED_WITHIN_MS, async () =>
      (await this.#get(UUID, abortSignal)) === undefined ? true : undefined,
    );
  }

  async #settled(
    context: PartContext<EventSourceMappingConfig>,
    UUID: string | undefined,
  ): Promise<EventSourceMappingPart> {
    const { name, signal } = context;
    return settle(context, `the mapping ${name} is ready`, SETTLED_WITHIN_MS, async () => {
      const found = await this.#get(UUID, signal);
      if (found?.State !== "Enabled" && found?.State !== "Disabled") return undefined;
      return this.#partOf(found, context);
    });
  }

  async #get(
    UUID: string | undefined,
    abortSignal: AbortSignal,
  ): Promise<EventSourceMappingConfiguration | undefined> {
    const command = new GetEventSourceMappingCommand({ UUID });
    return unlessGone(this.#lambda.send(command, { abortSignal }), GONE);
  }

  async #partOf(
    found: EventSourceMappingConfiguration,
    context: PartContext<EventSourceMappingConfig>,
  ): Promise<EventSourceMappingPart> {
    const { EventSourceMappingArn: arn = "", UUID: uuid = "", State = "" } = found;
    const owner = await ownerUnlessRemembered(context, arn, async () => {
      const command = new ListTagsCommand({ Resource: arn });
      const answer = await unlessGone(
        this.#lambda.send(command, { abortSignal: context.signal }),
        GONE,
      );
      return ownerOf(answer?.Tags);
    });
    return {
      id: arn,
      ...owner,
      attributes: { uuid },
      settings: settingsOf(found),
      // What is "Creating" or "Updating" tells it later; until then Lambda refuses every change.
      enabled: State !== "Disabled" && State !== "Disabling",
    };
  }
}

function settingsOf(found: EventSourceMappingConfiguration): Settings {
  const { FunctionArn, EventSourceArn, BatchSize, ScalingConfig, FunctionResponseTypes } = found;
  const maximumConcurrency = ScalingConfig?.MaximumConcurrency;
  return {
    // arn:aws:lambda:eu-central-1:123456789012:function:<name>
    functionName: FunctionArn?.split(":")[6],
    eventSourceArn: EventSourceArn,
    batchSize: BatchSize,
    maximumBatchingWindowInSeconds: found.MaximumBatchingWindowInSeconds ?? 0,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
    functionResponseTypes: FunctionResponseTypes ?? [],
  };
}

/** What can be changed later; an empty ScalingConfig takes the bound away. */
function requestOf(config: EventSourceMappingConfig) {
  const { batchSize, maximumBatchingWindowInSeconds, maximumConcurrency } = config;
  return {
    BatchSize: batchSize,
    MaximumBatchingWindowInSeconds: maximumBatchingWindowInSeconds,
    FunctionResponseTypes: [...config.functionResponseTypes],
    ScalingConfig:
      maximumConcurrency === undefined ? {} : { MaximumConcurrency: maximumConcurrency },
  };
}
