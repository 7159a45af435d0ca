import { askGoogle, type GoogleHeaders, googleHeaders } from "../google-request.ts";
import type { TasksAddress } from "./tasks-address.ts";
import { TasksFault } from "./tasks-errors.ts";

/** An emulator gets no credentials. */
const NOBODY: GoogleHeaders = { getRequestHeaders: async () => new Headers() };
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/** What is sent when a task is due: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks */
export interface NewTask {
  /** RFC 3339. */
  readonly scheduleTime: string;
  /** How long the request may take. */
  readonly dispatchDeadline: string;
  readonly httpRequest: {
    readonly url: string;
    readonly httpMethod: "POST";
    readonly headers: Readonly<Record<string, string>>;
    /** Base64. */
    readonly body: string;
    readonly oauthToken: { readonly serviceAccountEmail: string; readonly scope: string };
  };
}

/** What a list tells of a task: its body is left out. */
export interface ListedTask {
  readonly name: string;
  readonly httpRequest?: { readonly url?: string };
}

/**
 * Requests to Cloud Tasks over HTTP. Its client, @google-cloud/tasks, is 2.8 MB of protos and two more connections; three
 * requests need neither. No I/O until the first one, and nothing is repeated.
 */
export class TasksClient {
  readonly #queue: string;
  readonly #url: string;
  readonly #auth: GoogleHeaders;

  constructor({ queue, endpoint }: TasksAddress, auth?: GoogleHeaders) {
    this.#queue = queue;
    this.#url = `${endpoint?.replace(/\/$/, "") ?? "https://cloudtasks.googleapis.com"}/v2`;
    const emulated = endpoint?.startsWith("http:") ?? false;
    this.#auth = auth ?? (emulated ? NOBODY : googleHeaders(SCOPE));
  }

  /**
   * Without a name: Google would look for it among those of the last hour, which takes time, and knows it no longer.
   * https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
   */
  async create(task: NewTask, signal?: AbortSignal): Promise<void> {
    await this.#call("POST", `${this.#queue}/tasks`, { task }, signal);
  }

  /**
   * One page, a thousand at most: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/list
   * A queue that is NOT_FOUND has no tasks, and so it answers too while it comes back after 30 days without any.
   */
  async list(
    pageToken: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ readonly tasks: readonly ListedTask[]; readonly nextPageToken?: string }> {
    const query = new URLSearchParams({ pageSize: "1000" });
    if (pageToken !== undefined) query.set("pageToken", pageToken);
    const path = `${this.#queue}/tasks?${query}`;
    const answer = await this.#call("GET", path, undefined, signal).catch((fault: unknown) => {
      if (fault instanceof TasksFault && fault.status === "NOT_FOUND") return {};
      throw fault;
    });
    // What Cloud Tasks answers to this request; the last page has no token, or an empty one.
    const { tasks = [], nextPageToken } = answer as {
      readonly tasks?: readonly ListedTask[];
      readonly nextPageToken?: string;
    };
    return nextPageToken ? { tasks, nextPageToken } : { tasks };
  }

  /** By the name that a list told. */
  async delete(name: string, signal?: AbortSignal): Promise<void> {
    await this.#call("DELETE", name, undefined, signal);
  }

  async #call(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const url = `${this.#url}/${path}`;
    const { response, text } = await askGoogle(url, this.#auth, { method, body, signal });
    if (response.ok) return text === "" ? {} : JSON.parse(text);
    throw faultIn(text, response.status);
  }
}

/** Google's form of every error; what has another one, a proxy's page, is known by its HTTP status alone. */
function faultIn(text: string, httpStatus: number): TasksFault {
  const unnamed = httpStatus >= 500 ? "UNAVAILABLE" : "";
  try {
    const { error } = JSON.parse(text) as {
      readonly error?: {
        readonly status?: string;
        readonly message?: string;
        readonly details?: readonly { readonly reason?: string }[];
      };
    };
    const reason = error?.details?.find((one) => one.reason !== undefined)?.reason;
    const message = error?.message ?? `HTTP ${httpStatus}`;
    return new TasksFault(error?.status ?? unnamed, message, reason);
  } catch {
    return new TasksFault(unnamed, `HTTP ${httpStatus}`);
  }
}
