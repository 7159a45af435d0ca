import type { TasksAddress } from "./tasks-address.ts";
import type { TasksClient } from "./tasks-client.ts";

/** Lists are counted by the minute: 600 of a project, https://cloud.google.com/tasks/docs/quotas */
const MOST_PAGES = 10;

/** How many tasks ask a URL. */
type Counts = ReadonlyMap<string, number>;

/** By the queue of Cloud Tasks, and where it answers. */
const underWay = new Map<string, Promise<Counts>>();

/**
 * Counts the tasks of a stage's queue by the URL that they ask, as far as ten pages tell. All queues of a stage wait in
 * one, so that a count that is under way answers all who ask meanwhile: a console asks for each queue at once.
 */
export function delayedCounts(client: TasksClient, address: TasksAddress): Promise<Counts> {
  const key = `${address.endpoint ?? ""} ${address.queue}`;
  const joined = underWay.get(key);
  if (joined !== undefined) return joined;
  const counting = count(client).finally(() => underWay.delete(key));
  underWay.set(key, counting);
  return counting;
}

async function count(client: TasksClient): Promise<Counts> {
  const counts = new Map<string, number>();
  let pageToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { tasks, nextPageToken } = await client.list(pageToken);
    for (const { httpRequest: { url = "" } = {} } of tasks) {
      counts.set(url, (counts.get(url) ?? 0) + 1);
    }
    if (nextPageToken === undefined) break;
    pageToken = nextPageToken;
  }
  return counts;
}
