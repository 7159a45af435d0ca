import type { Resource } from "@alienplatform/core";
import type { PayloadCheck, PayloadIssue } from "./evaluation.ts";

/** What the schema of a queue has against a payload, as plain data; undefined where nothing is, and where it has none. */
export async function payloadIssues(
  resources: readonly Resource[],
  { queue, payload }: Partial<PayloadCheck>,
): Promise<readonly PayloadIssue[] | undefined> {
  const found = resources.find(({ type, id }) => type === "queue" && id === queue);
  if (found?.type !== "queue" || found.schema === undefined) return undefined;
  const { issues } = await found.schema["~standard"].validate(payload);
  return issues?.map(({ message, path }) => ({
    message,
    ...(path && {
      path: path
        .map((segment) => (typeof segment === "object" ? segment.key : segment))
        .map((key) => (typeof key === "symbol" ? String(key) : key)),
    }),
  }));
}
