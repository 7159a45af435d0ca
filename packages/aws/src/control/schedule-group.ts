import {
  type Change,
  type Controller,
  type Owner,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  refuseOthers,
  settle,
} from "@alienplatform/deploy";
import {
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleGroupCommand,
  type GetScheduleGroupOutput,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  type SchedulerClient,
  TagResourceCommand,
} from "@aws-sdk/client-scheduler";
import type { ScheduleGroupConfig } from "../part-configs.ts";
import { ownerOfList, tagListOf } from "./owner-tags.ts";
import { unlessGone } from "./unless-gone.ts";

const GONE = "ResourceNotFoundException";

/** A group is gone when Scheduler has deleted the schedules in it. */
const DELETED_WITHIN_MS = 120_000;

/** The most that a page of schedules has; more are not counted. */
const PAGE = 100;

/** Makes the schedule groups that the delayed messages of FIFO queues wait in. The id of one is its ARN. */
export class ScheduleGroupController implements Controller<ScheduleGroupConfig> {
  readonly api = "scheduler";
  readonly #scheduler: SchedulerClient;

  constructor(scheduler: SchedulerClient) {
    this.#scheduler = scheduler;
  }

  async read(context: PartContext<ScheduleGroupConfig>): Promise<RemotePart | undefined> {
    const { name, signal } = context;
    const found = await this.#describe(name, signal);
    if (found === undefined) return undefined;
    const arn = found.Arn ?? "";
    const owner = await ownerUnlessRemembered(context, arn, () => this.#owner(arn, signal));
    const holds = await this.#holds(name, signal);
    return {
      id: arn,
      ...owner,
      attributes: { arn, name },
      ...(holds === undefined ? {} : { holds }),
    };
  }

  /** It has a name, and nothing else. */
  diff(): readonly Change[] {
    return [];
  }

  async create(context: PartContext<ScheduleGroupConfig>): Promise<RemotePart> {
    const { name, owner, signal: abortSignal } = context;
    const command = new CreateScheduleGroupCommand({ Name: name, Tags: tagListOf(owner) });
    const { ScheduleGroupArn: arn = "" } = await this.#scheduler.send(command, { abortSignal });
    return { id: arn, owner, attributes: { arn, name } };
  }

  /** The one thing that may differ are its marks. */
  async update(
    { owner, signal: abortSignal }: PartContext<ScheduleGroupConfig>,
    _config: ScheduleGroupConfig,
    remote: RemotePart,
  ): Promise<RemotePart> {
    const command = new TagResourceCommand({ ResourceArn: remote.id, Tags: tagListOf(owner) });
    await this.#scheduler.send(command, { abortSignal });
    return { ...remote, owner };
  }

  /** With the schedules that are in it. */
  async delete(context: PartContext<ScheduleGroupConfig>): Promise<void> {
    const { name: Name, signal } = context;
    const found = await this.#describe(Name, signal);
    if (found === undefined) return;
    refuseOthers(await this.#owner(found.Arn ?? "", signal), context);
    if (found.State !== "DELETING") {
      const command = new DeleteScheduleGroupCommand({ Name });
      await unlessGone(this.#scheduler.send(command, { abortSignal: signal }), GONE);
    }
    // Until then no other one of its name can be made.
    await settle(context, `the schedule group ${Name} is deleted`, DELETED_WITHIN_MS, async () =>
      (await this.#describe(Name, signal)) === undefined ? true : undefined,
    );
  }

  async #describe(
    Name: string,
    abortSignal: AbortSignal,
  ): Promise<GetScheduleGroupOutput | undefined> {
    const command = new GetScheduleGroupCommand({ Name });
    return unlessGone(this.#scheduler.send(command, { abortSignal }), GONE);
  }

  async #owner(ResourceArn: string, abortSignal: AbortSignal): Promise<Owner | undefined> {
    const command = new ListTagsForResourceCommand({ ResourceArn });
    const answer = await unlessGone(this.#scheduler.send(command, { abortSignal }), GONE);
    return ownerOfList(answer?.Tags);
  }

  /** What waits in it are messages. */
  async #holds(GroupName: string, abortSignal: AbortSignal): Promise<string | undefined> {
    const command = new ListSchedulesCommand({ GroupName, MaxResults: PAGE });
    const answer = await unlessGone(this.#scheduler.send(command, { abortSignal }), GONE);
    const { Schedules: { length } = [], NextToken: more } = answer ?? {};
    if (length === 0) return undefined;
    const count = more === undefined || more === null ? `${length}` : `more than ${length}`;
    return `${count} delayed ${count === "1" ? "message" : "messages"}`;
  }
}
