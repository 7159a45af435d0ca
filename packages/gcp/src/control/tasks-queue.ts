import {
  type Change,
  type Controller,
  type Owner,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import type { TasksQueueConfig } from "../part-configs.ts";
import { delaysQueues } from "./delays-queues.ts";

/** A queue as Cloud Tasks has it. Its id is its path. */
export interface TasksQueuePart extends RemotePart {
  readonly settings: Settings;
}

/** https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues */
interface Queue {
  readonly name: string;
  readonly rateLimits?: {
    readonly maxDispatchesPerSecond?: number;
    readonly maxConcurrentDispatches?: number;
  };
  readonly retryConfig?: {
    readonly maxAttempts?: number;
    readonly minBackoff?: string;
    readonly maxBackoff?: string;
    readonly maxDoublings?: number;
  };
}

interface Page {
  readonly nextPageToken?: string;
}

const REPLACES = { location: "a queue of Cloud Tasks stays where it was made" };
const MASK = [
  "rateLimits.maxDispatchesPerSecond",
  "rateLimits.maxConcurrentDispatches",
  "retryConfig.maxAttempts",
  "retryConfig.minBackoff",
  "retryConfig.maxBackoff",
  "retryConfig.maxDoublings",
].join(",");
/** Tasks that are counted before a queue is deleted: one page. */
const MOST_COUNTED = 1_000;

/**
 * Makes the queue of Cloud Tasks in which a stage's delayed messages wait. It has no labels: its name says whose it is, and
 * ends with when it was made, since Google refuses the name of a deleted queue for 7 days (see names.ts). A queue that
 * somebody has paused is left so.
 */
export class TasksQueueController implements Controller<TasksQueueConfig, TasksQueuePart> {
  readonly api = "cloudtasks";
  readonly #google: GoogleClient;
  readonly #project: string;

  constructor(google: GoogleClient, project: string) {
    this.#google = google;
    this.#project = project;
  }

  async read(context: PartContext<TasksQueueConfig>): Promise<TasksQueuePart | undefined> {
    const { owner, signal } = context;
    const found = await this.#find(context);
    if (found === undefined) return undefined;
    const holds = await this.#holds(found.name, signal);
    return {
      ...partOf(found, owner),
      ...(holds === undefined ? {} : { holds, isAside: true as const }),
    };
  }

  diff(config: TasksQueueConfig, { settings }: TasksQueuePart): readonly Change[] {
    return settingChanges(config, settings, REPLACES);
  }

  async create(
    context: PartContext<TasksQueueConfig>,
    config: TasksQueueConfig,
  ): Promise<TasksQueuePart> {
    const { name, owner, clock, signal } = context;
    const at = this.#location(config);
    const path = `v2/${at}/queues`;
    const queue = bodyOf(`${at}/queues/${name}-${clock.now().toString(36)}`, config);
    const made = await this.#google.call<Queue>("cloudtasks", {
      verb: "POST",
      path,
      body: queue,
      signal,
    });
    return partOf(made, owner);
  }

  async update(
    { owner, signal }: PartContext<TasksQueueConfig>,
    config: TasksQueueConfig,
    remote: TasksQueuePart,
  ): Promise<TasksQueuePart> {
    const changed = await this.#google.call<Queue>("cloudtasks", {
      verb: "PATCH",
      path: `v2/${remote.id}`,
      query: { updateMask: MASK },
      body: bodyOf(remote.id, config),
      signal,
    });
    const { holds } = remote;
    return {
      ...partOf(changed, owner),
      ...(holds === undefined ? {} : { holds, isAside: true as const }),
    };
  }

  async delete({ signal }: PartContext<TasksQueueConfig>, { id }: TasksQueuePart): Promise<void> {
    const call = { verb: "DELETE", path: `v2/${id}`, signal } as const;
    await unlessGone(this.#google.call("cloudtasks", call));
  }

  /** The one that is remembered, or that of the stage that is there: of what was deleted no list tells. */
  async #find(context: PartContext<TasksQueueConfig>): Promise<Queue | undefined> {
    const { remembered, name, config, owner, signal } = context;
    if (remembered !== undefined) {
      const call = { verb: "GET", path: `v2/${remembered}`, signal } as const;
      const known = await unlessGone(this.#google.call<Queue>("cloudtasks", call));
      if (known !== undefined) return known;
    }
    const location = this.#location(config);
    const found = delaysQueues<Queue>({ google: this.#google, location, owner, name, signal });
    for await (const ours of found) return ours;
    return undefined;
  }

  /** What waits in it would be lost with it: where the stage's queues go too, their topics tell of it, each of its own. */
  async #holds(queue: string, signal: AbortSignal): Promise<string | undefined> {
    const page = await unlessGone(
      this.#google.call<Page & { readonly tasks?: readonly unknown[] }>("cloudtasks", {
        verb: "GET",
        path: `v2/${queue}/tasks`,
        query: { pageSize: MOST_COUNTED },
        signal,
      }),
    );
    const count = page?.tasks?.length ?? 0;
    if (count === 0) return undefined;
    const more = page?.nextPageToken ? " or more" : "";
    return `${count}${more} delayed message${count === 1 && more === "" ? "" : "s"}`;
  }

  #location({ location }: TasksQueueConfig): string {
    return `projects/${this.#project}/locations/${location}`;
  }
}

function bodyOf(name: string, config: TasksQueueConfig): Queue {
  const { maxDispatchesPerSecond, maxConcurrentDispatches } = config;
  const { maxAttempts, minBackoff, maxBackoff, maxDoublings } = config;
  return {
    name,
    rateLimits: { maxDispatchesPerSecond, maxConcurrentDispatches },
    retryConfig: {
      maxAttempts,
      minBackoff: `${minBackoff}s`,
      maxBackoff: `${maxBackoff}s`,
      maxDoublings,
    },
  };
}

function partOf({ name, rateLimits, retryConfig }: Queue, owner: Owner): TasksQueuePart {
  const {
    minBackoff = "0s",
    maxBackoff = "0s",
    maxAttempts = 0,
    maxDoublings = 0,
  } = retryConfig ?? {};
  const { maxDispatchesPerSecond = 0, maxConcurrentDispatches = 0 } = rateLimits ?? {};
  return {
    id: name,
    owner,
    attributes: { path: name },
    settings: {
      location: name.split("/")[3] ?? "",
      maxDispatchesPerSecond,
      maxConcurrentDispatches,
      maxAttempts,
      minBackoff: Number.parseFloat(minBackoff),
      maxBackoff: Number.parseFloat(maxBackoff),
      maxDoublings,
    },
  };
}
