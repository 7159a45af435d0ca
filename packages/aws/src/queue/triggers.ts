import type { Pause, PauseRequest } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { EventSourceMappingConfiguration, LambdaClient } from "@aws-sdk/client-lambda";
import { deployError } from "../deploy-errors.ts";
import type { SqsQueue } from "./sqs-queue.ts";
import { tagText } from "./tag-text.ts";

const REASON = "alien:pause-reason";
const SINCE = "alien:pause-since";

/**
 * What polls a queue of SQS for functions. Disabled, Lambda calls no handler, and what is in the queue waits; deploys
 * leave that as it is. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
export class QueueTriggers {
  readonly #queue: string;
  readonly #consumer: string;
  readonly #url: string;
  readonly #region: string;
  #client: LambdaClient | undefined;

  /** Does no I/O. */
  constructor({ name, url, region }: SqsQueue, consumer: string) {
    this.#queue = name;
    this.#consumer = consumer;
    this.#url = url;
    this.#region = region;
  }

  /** Why no function is called; undefined where one is, or where none is triggered. */
  async paused(): Promise<Pause | undefined> {
    const { ListTagsCommand } = await import("@aws-sdk/client-lambda");
    const [first] = await this.#mappings();
    if (first === undefined || !isDisabled(first)) return undefined;
    const lambda = await this.#lambda();
    const { Tags = {} } = await this.#told("reading why it is paused", () =>
      lambda.send(new ListTagsCommand({ Resource: first.EventSourceMappingArn })),
    );
    const { [REASON]: reason, [SINCE]: since } = Tags;
    const changed = first.LastModified?.getTime() ?? 0;
    return {
      reason: reason ?? "somebody disabled it at AWS, or alien.ts declares it so",
      since: since === undefined ? changed : Date.parse(since),
      whilePaused: "wait",
    };
  }

  async pause({ reason, until, whilePaused }: PauseRequest, now: number): Promise<void> {
    if (until !== undefined)
      throw this.#cannot("resumes by itself", "Leave out until, and resume it.");
    if (whilePaused === "deadLetter") {
      throw this.#cannot(
        "dead-letters what arrives meanwhile",
        "Leave out whilePaused: messages wait.",
      );
    }
    const mappings = await this.#mappings();
    if (mappings.length === 0) {
      const text = `function "${this.#consumer}" is not triggered by queue "${this.#queue}" any more`;
      throw new AlienError("UNKNOWN_FUNCTION", text, { fix: "Deploy again." });
    }
    const { TagResourceCommand } = await import("@aws-sdk/client-lambda");
    const lambda = await this.#lambda();
    const Tags = { [REASON]: tagText(reason), [SINCE]: new Date(now).toISOString() };
    for (const { EventSourceMappingArn: Resource } of mappings) {
      await this.#told("pausing", () => lambda.send(new TagResourceCommand({ Resource, Tags })));
    }
    await this.#enable(mappings, false);
  }

  async resume(): Promise<void> {
    const mappings = (await this.#mappings()).filter(isDisabled);
    if (mappings.length === 0) return;
    const { UntagResourceCommand } = await import("@aws-sdk/client-lambda");
    const lambda = await this.#lambda();
    await this.#enable(mappings, true);
    for (const { EventSourceMappingArn: Resource } of mappings) {
      const command = new UntagResourceCommand({ Resource, TagKeys: [REASON, SINCE] });
      await this.#told("resuming", () => lambda.send(command));
    }
  }

  close(): void {
    this.#client?.destroy();
  }

  async #enable(mappings: readonly EventSourceMappingConfiguration[], Enabled: boolean) {
    const { UpdateEventSourceMappingCommand } = await import("@aws-sdk/client-lambda");
    const lambda = await this.#lambda();
    for (const { UUID } of mappings) {
      const command = new UpdateEventSourceMappingCommand({ UUID, Enabled });
      await this.#told(Enabled ? "resuming" : "pausing", () => lambda.send(command));
    }
  }

  /** Deploy makes one at most; somebody may have added others. */
  async #mappings(): Promise<readonly EventSourceMappingConfiguration[]> {
    const { ListEventSourceMappingsCommand } = await import("@aws-sdk/client-lambda");
    const lambda = await this.#lambda();
    const found: EventSourceMappingConfiguration[] = [];
    let Marker: string | undefined;
    do {
      const command = new ListEventSourceMappingsCommand({ FunctionName: this.#consumer, Marker });
      const page = await this.#told("looking for what consumes", () => lambda.send(command));
      found.push(...(page.EventSourceMappings ?? []));
      Marker = page.NextMarker;
    } while (Marker !== undefined && Marker !== "");
    // A queue's URL and its ARN end with its name.
    const name = this.#url.slice(this.#url.lastIndexOf("/") + 1);
    return found.filter(
      ({ EventSourceArn, State }) => EventSourceArn?.endsWith(`:${name}`) && State !== "Deleting",
    );
  }

  /** Only who pauses pays for it. */
  async #lambda(): Promise<LambdaClient> {
    const { LambdaClient } = await import("@aws-sdk/client-lambda");
    this.#client ??= new LambdaClient({ region: this.#region });
    return this.#client;
  }

  async #told<T>(doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (thrown) {
      throw deployError(thrown, `${doing} queue "${this.#queue}"`);
    }
  }

  #cannot(what: string, fix: string): AlienError {
    return new AlienError("UNSUPPORTED", `on SQS no queue ${what}: "${this.#queue}"`, { fix });
  }
}

function isDisabled({ State }: EventSourceMappingConfiguration): boolean {
  return State === "Disabled" || State === "Disabling";
}
