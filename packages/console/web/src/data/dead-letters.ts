import { type Applied, inTime } from "./applied.ts";
import type { Act, ErrorGroup, Operation } from "./model.ts";
import { Problem } from "./problem.ts";
import { loadQueues, operations } from "./queues.ts";
import { request } from "./request.ts";

/** The end of the API's path for a queue's dead letters. */
export function lettersOf(queue: string): string {
  return `/queues/${encodeURIComponent(queue)}/dead-letters`;
}

/** Makes one letter ready again; throws where it is refused, or had gone on meanwhile. */
export async function redriveOne(queue: string, id: string): Promise<void> {
  const { results } = await request<{
    readonly results: readonly (Applied & { readonly error?: { readonly detail: string } })[];
  }>("POST", `${lettersOf(queue)}/redrive`, { body: JSON.stringify({ ids: [id] }) });
  await loadQueues();
  const { error, ...answer } = results[0] ?? {};
  if (error !== undefined) throw new Error(error.detail);
  inTime(answer);
}

/** Removes one letter for ever. */
export async function discardOne(queue: string, id: string): Promise<void> {
  const own = encodeURIComponent(id);
  await request("DELETE", `${lettersOf(queue)}/${own}?confirm=${own}`);
  await loadQueues();
}

/** The server does it to all letters of one error, and to no others; resolves when it has ended, rejects where it failed. */
export async function actOnGroup(
  queue: string,
  { code, message }: Pick<ErrorGroup, "code" | "message">,
  act: Act,
): Promise<Operation> {
  const body = JSON.stringify({
    filter: { code, firstLine: message },
    ...(act === "discard" && { confirm: queue }),
  });
  const { operation } = await request<{ readonly operation: Operation }>(
    "POST",
    `${lettersOf(queue)}/${act}`,
    { body },
  );
  const ended = await endOf(operation);
  await loadQueues();
  const { error } = ended;
  if (error !== undefined) throw new Problem(error.detail, { fix: error.fix });
  return ended;
}

/** Bulk work when it has ended, as events tell of it. */
function endOf(operation: Operation): Promise<Operation> {
  return new Promise((resolve) => {
    const path = `/operations/${encodeURIComponent(operation.id)}`;
    const look = (now: Operation | undefined) => {
      if (now === undefined || now.status === "RUNNING") return;
      stop();
      resolve(now);
    };
    const stop = operations.subscribe((all) => {
      queueMicrotask(() => look(all.find(({ id }) => id === operation.id)));
    });
    // It may have ended before its first event.
    request<Operation>("GET", path).then(look, () => undefined);
  });
}
