import { pause } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { PartContext } from "@alienplatform/deploy";
import type { ResourceManagementClient } from "@azure/arm-resources";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { isGone, refusedAnswer } from "./arm-fault.ts";
import type { Tags } from "./owner-tags.ts";

/** A resource as Azure Resource Manager tells and takes it; its properties are its type's own. */
export interface ArmResource {
  /** Of the answer. */
  readonly name?: string;
  readonly location?: string;
  readonly kind?: string;
  readonly tags?: Tags;
  readonly sku?: { readonly name?: string; readonly tier?: string };
  readonly identity?: {
    readonly type?: "UserAssigned" | "SystemAssigned" | "SystemAssigned, UserAssigned" | "None";
    readonly userAssignedIdentities?: Record<string, object>;
  };
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Of anything that is waited for; a namespace or a vault takes a minute or two. */
const FINISHED_WITHIN_MS = 600_000;
const FIRST_MS = 500;
const LONGEST_MS = 5_000;

type Waiting = Pick<PartContext<unknown>, "clock" | "signal">;

interface Poller {
  isDone(): boolean;
  poll(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/**
 * Azure Resource Manager by the ids of resources: the same four calls for every type, each of which has its own version.
 * https://learn.microsoft.com/rest/api/resources/resources
 */
export class Arm {
  readonly #client: ResourceManagementClient;
  /** Where it answers, without a "/" at the end. */
  readonly endpoint: string;

  constructor(client: ResourceManagementClient, endpoint: string) {
    this.#client = client;
    this.endpoint = endpoint;
  }

  /** Undefined where Azure says that it is gone. */
  async get(
    id: string,
    version: string,
    abortSignal: AbortSignal,
  ): Promise<ArmResource | undefined> {
    try {
      return await this.#client.resources.getById(pathOf(id), version, { abortSignal });
    } catch (thrown) {
      if (isGone(thrown)) return undefined;
      throw thrown;
    }
  }

  /** Makes it or changes it, and waits until Azure has done so. */
  async put(id: string, version: string, body: ArmResource, waiting: Waiting): Promise<void> {
    await this.#finished(id, waiting, (options) =>
      this.#client.resources.beginCreateOrUpdateById(pathOf(id), version, body, options),
    );
  }

  /** Changes what the body names and leaves the rest. */
  async patch(id: string, version: string, body: ArmResource, waiting: Waiting): Promise<void> {
    await this.#finished(id, waiting, (options) =>
      this.#client.resources.beginUpdateById(pathOf(id), version, body, options),
    );
  }

  /** Removes it and waits until it is gone; what is gone already is a success. */
  async delete(id: string, version: string, waiting: Waiting): Promise<void> {
    try {
      await this.#finished(id, waiting, (options) =>
        this.#client.resources.beginDeleteById(pathOf(id), version, options),
      );
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
    }
  }

  /** Puts tags on it beside those that it has. */
  async tag(id: string, tags: Tags, waiting: Waiting): Promise<void> {
    const body = { operation: "Merge", properties: { tags: { ...tags } } } as const;
    await this.#finished(id, waiting, (options) =>
      this.#client.tagsOperations.beginUpdateAtScope(pathOf(id), body, options),
    );
  }

  /** Lets go of the name that a deleted thing keeps, and waits until it is free. */
  async purge(id: string, version: string, { clock, signal }: Waiting): Promise<void> {
    await this.post(id, version, undefined, signal);
    const deleted = id.slice(0, id.lastIndexOf("/"));
    const end = clock.now() + FINISHED_WITHIN_MS;
    while ((await this.get(deleted, version, signal)) !== undefined) {
      if (clock.now() >= end) throw unfinished(id);
      await pause(clock, LONGEST_MS, signal);
      signal.throwIfAborted();
    }
  }

  /** Does what a resource can be asked beside the four: its last piece is the action. Answers the JSON of the answer. */
  async post(
    id: string,
    version: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<unknown> {
    const url = `${this.endpoint}${id}?api-version=${version}`;
    const text = body === undefined ? "" : JSON.stringify(body);
    const answer = await this.send("POST", url, { body: text, type: "application/json", signal });
    return answer === "" ? undefined : JSON.parse(answer);
  }

  /** A request of another host that takes the same token; throws what is refused, as Azure's clients do. */
  async send(
    method: "GET" | "POST" | "DELETE",
    url: string,
    { body, type, signal }: { body?: string | Uint8Array; type?: string; signal: AbortSignal },
  ): Promise<string> {
    const request = createPipelineRequest({
      url,
      method,
      abortSignal: signal,
      allowInsecureConnection: true, // of an emulator: Azure's own hosts are at https
      headers: createHttpHeaders(type === undefined ? {} : { "content-type": type }),
      ...(body === undefined ? {} : { body }),
    });
    const response = await this.#client.sendRequest(request);
    if (response.status >= 300) throw refusedAnswer(response);
    return response.bodyAsText ?? "";
  }

  /** The resources of a group, with their tags; undefined where there is no such group. */
  async listed(group: string, abortSignal: AbortSignal): Promise<readonly Listed[] | undefined> {
    try {
      const found: Listed[] = [];
      const pages = this.#client.resources.listByResourceGroup(group, { abortSignal });
      for await (const { id = "", tags = {} } of pages) found.push({ id, tags });
      return found;
    } catch (thrown) {
      if (isGone(thrown)) return undefined;
      throw thrown;
    }
  }

  /**
   * Asks until the operation is over, by our clock, and not more often than Azure wants to be asked.
   * https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
   */
  async #finished(
    id: string,
    { clock, signal }: Waiting,
    begin: (options: OperationOptions) => Promise<Poller>,
  ): Promise<void> {
    let retryAfterMs = 0;
    const onResponse: OperationOptions["onResponse"] = ({ headers }) => {
      retryAfterMs = Number(headers.get("retry-after") ?? 0) * 1_000 || 0;
    };
    const end = clock.now() + FINISHED_WITHIN_MS;
    const poller = await begin({ abortSignal: signal, onResponse });
    for (let waitMs = FIRST_MS; !poller.isDone(); waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
      if (clock.now() >= end) throw unfinished(id);
      await pause(clock, Math.max(waitMs, retryAfterMs), signal);
      signal.throwIfAborted();
      await poller.poll({ abortSignal: signal });
    }
  }
}

/** What a list tells of a resource. */
export interface Listed {
  readonly id: string;
  readonly tags: Tags;
}

interface OperationOptions {
  readonly abortSignal: AbortSignal;
  readonly onResponse: (response: {
    readonly headers: { get(name: string): string | undefined };
  }) => void;
}

/** The client puts the first "/" itself. */
function pathOf(id: string): string {
  return id.slice(1);
}

function unfinished(id: string): AlienError {
  const text = `Azure has not finished after ${FINISHED_WITHIN_MS / 1_000} s: ${id}`;
  return new AlienError("NOT_READY", text, {
    fix: "Deploy again a little later; see https://azure.status.microsoft for the state of the service.",
    retryable: true,
  });
}
