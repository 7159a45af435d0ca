import type { PartConfigs } from "./part-configs.ts";

/** Of an account, as the dashboard names it: https://developers.cloudflare.com/fundamentals/api/reference/permissions/ */
export type TokenPermission =
  | "Queues Edit"
  | "D1 Edit"
  | "Workers Scripts Edit"
  | "Workers Observability Edit";

/** What somebody who deploys has to be allowed, by the type of part. Cloudflare's are of a whole account, not of names in it. */
export const DEPLOYER_PERMISSIONS: Readonly<Record<keyof PartConfigs, TokenPermission>> = {
  queue: "Queues Edit",
  "d1-database": "D1 Edit",
  "queue-consumer": "Queues Edit",
  worker: "Workers Scripts Edit",
  "worker-url": "Workers Scripts Edit",
  "worker-secret": "Workers Scripts Edit",
};

/** What the commands on a deployed stage ask for. */
export const OPERATOR_PERMISSIONS = {
  "alien logs": ["Workers Observability Edit"],
  "alien secret": ["Workers Scripts Edit"],
  "alien queue, alien dead": ["Queues Edit"],
  // Keys and jobs.
  "alien queue send, alien job": ["Queues Edit", "D1 Edit"],
  // Why is a tag of the Worker.
  "alien queue pause, resume, stats": ["Queues Edit", "Workers Scripts Edit"],
} as const satisfies Readonly<Record<string, readonly TokenPermission[]>>;

/** What is missing where doing this was forbidden: 'making queue "images-dev-tasks"'. */
export function permissionOf(doing: string): TokenPermission | undefined {
  if (doing.startsWith("reading the logs")) return OPERATOR_PERMISSIONS["alien logs"][0];
  if (doing.startsWith("asking Cloudflare for account")) return DEPLOYER_PERMISSIONS.queue;
  const type = /^[a-z ]+? ([a-z0-9-]+) "/.exec(doing)?.[1] ?? "";
  return Object.hasOwn(DEPLOYER_PERMISSIONS, type)
    ? DEPLOYER_PERMISSIONS[type as keyof PartConfigs] // it has the key
    : undefined;
}
