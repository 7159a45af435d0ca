import type { Owner } from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { isDelaysQueueOf } from "../names.ts";

/** A queue as a list tells it; https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues */
export interface ListedQueue {
  readonly name: string;
}

export interface DelaysQueuesQuery {
  readonly google: GoogleClient;
  /** "projects/p/locations/l". */
  readonly location: string;
  readonly owner: Pick<Owner, "stack" | "stage">;
  /** What their names begin with: `delaysName`. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The queues of Cloud Tasks in which a stage's delayed messages wait: one, where nothing went wrong. */
export async function* delaysQueues<Queue extends ListedQueue>({
  google,
  location,
  owner,
  name,
  signal,
}: DelaysQueuesQuery): AsyncGenerator<Queue> {
  let pageToken: string | undefined;
  do {
    const page: { readonly queues?: readonly Queue[]; readonly nextPageToken?: string } =
      await google.call("cloudtasks", {
        verb: "GET",
        path: `v2/${location}/queues`,
        query: { pageSize: 1_000, pageToken },
        signal,
      });
    for (const queue of page.queues ?? []) {
      const id = queue.name.split("/").at(-1) ?? "";
      if (id.startsWith(name) && isDelaysQueueOf(owner, id)) yield queue;
    }
    pageToken = page.nextPageToken || undefined;
  } while (pageToken !== undefined);
}
