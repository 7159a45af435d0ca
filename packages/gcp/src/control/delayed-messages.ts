import { publishUrl } from "../delays/publish-url.ts";
import type { GcpPlace } from "../gcp-place.ts";
import type { GoogleClient } from "../google-client.ts";
import { GoogleRefusal, unlessGone } from "../google-refusal.ts";
import { delaysName } from "../names.ts";
import { delaysQueues } from "./delays-queues.ts";

/** Lists are counted by the minute, 600 of a project: https://cloud.google.com/tasks/docs/quotas */
const MOST_PAGES = 10;
const PAGE = 1_000;

interface Counted {
  /** By the URL that a task asks. */
  readonly byUrl: ReadonlyMap<string, number>;
  /** False where there are more than were looked at. */
  readonly isWhole: boolean;
}

/** https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/list */
interface Page {
  readonly tasks?: readonly { readonly httpRequest?: { readonly url?: string } }[];
  readonly nextPageToken?: string;
}

/**
 * What waits in Cloud Tasks to be published to a topic, and is lost with the topic: its task would find nothing to publish
 * to. One list is under way at a time, and answers all who ask meanwhile.
 */
export class DelayedMessages {
  readonly #google: GoogleClient;
  readonly #at: GcpPlace;
  #counting: Promise<Counted> | undefined;

  constructor(google: GoogleClient, at: GcpPlace) {
    this.#google = google;
    this.#at = at;
  }

  /** In words, by the topic's path; undefined where nothing waits. */
  async of(topic: string, signal: AbortSignal): Promise<string | undefined> {
    this.#counting ??= this.#count(signal).finally(() => {
      this.#counting = undefined;
    });
    const { byUrl, isWhole } = await this.#counting;
    const count = byUrl.get(publishUrl(topic, this.#at.pubsub)) ?? 0;
    if (count === 0) return isWhole ? undefined : "an unknown number of delayed messages";
    if (!isWhole) return `${count} or more delayed messages`;
    return `${count} delayed message${count === 1 ? "" : "s"}`;
  }

  async #count(signal: AbortSignal): Promise<Counted> {
    const byUrl = new Map<string, number>();
    let pages = 0;
    for (const queue of await this.#queues(signal)) {
      let pageToken: string | undefined;
      do {
        if (pages++ === MOST_PAGES) return { byUrl, isWhole: false };
        const page = await unlessGone(
          this.#google.call<Page>("cloudtasks", {
            verb: "GET",
            path: `v2/${queue}/tasks`,
            query: { pageSize: PAGE, pageToken },
            signal,
          }),
        );
        for (const { httpRequest: { url = "" } = {} } of page?.tasks ?? []) {
          byUrl.set(url, (byUrl.get(url) ?? 0) + 1);
        }
        pageToken = page?.nextPageToken || undefined;
      } while (pageToken !== undefined);
    }
    return { byUrl, isWhole: true };
  }

  async #queues(signal: AbortSignal): Promise<readonly string[]> {
    const { project, region } = this.#at;
    const location = `projects/${project}/locations/${region}`;
    const name = delaysName(this.#at);
    const found: string[] = [];
    const query = { google: this.#google, location, owner: this.#at, name, signal };
    try {
      for await (const queue of delaysQueues(query)) found.push(queue.name);
    } catch (error) {
      // Where nobody has enabled Cloud Tasks, nothing waits there.
      if (error instanceof GoogleRefusal && error.reason === "SERVICE_DISABLED") return [];
      throw error;
    }
    return found;
  }
}
