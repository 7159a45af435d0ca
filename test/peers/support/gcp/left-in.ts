import type { GoogleWorld } from "../../../../packages/gcp/test/google/world.ts";

/** All that deploys have left in a project, rights included. */
export function leftIn(world: GoogleWorld): readonly string[] {
  const policies = [...world.policies].filter(([, { bindings }]) => bindings !== undefined);
  return [
    ...world.topics.keys(),
    ...world.subscriptions.keys(),
    ...world.functions.keys(),
    ...world.accounts.keys(),
    ...world.secrets.keys(),
    ...world.buckets.keys(),
    ...world.objects.keys(),
    ...world.databases.keys(),
    ...world.taskQueues.keys(),
    ...world.fields.keys(),
    ...policies.map(([path]) => path),
  ];
}
