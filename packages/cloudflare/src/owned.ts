import type { Owner } from "@alienplatform/deploy";
import type { AccountApi } from "./api-client.ts";
import type { FoundDatabase } from "./control/d1-database.ts";
import type { FoundQueue } from "./control/find-queue.ts";
import { listWorkers } from "./control/list-workers.ts";
import { isOfStage } from "./names.ts";

/** The ids of all that is of a stage: queues and its database by their names, Workers by their tags. What belongs to them bears no marks. */
export async function ownedBy(
  stage: Omit<Owner, "part">,
  api: AccountApi,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [queues, databases, workers] = await Promise.all([
    api.list<FoundQueue>("/queues", { signal }),
    api.list<FoundDatabase>("/d1/database", { signal }),
    workersOf(stage, api, signal),
  ]);
  return [
    ...queues.filter((each) => isOfStage(each.queue_name, stage)).map((each) => each.queue_id),
    ...databases.filter(({ name }) => isOfStage(name, stage)).map(({ uuid }) => uuid),
    ...workers.map((name) => `worker/${name}`),
  ];
}

/** The names of a stage's Workers. */
export async function workersOf(
  { stack, stage }: Omit<Owner, "part">,
  api: AccountApi,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const workers = await listWorkers(api, signal);
  return workers.flatMap(({ name, owner }) =>
    owner?.stack === stack && owner.stage === stage ? [name] : [],
  );
}
