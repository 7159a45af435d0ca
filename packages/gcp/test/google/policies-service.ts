import { randomUUID } from "node:crypto";
import type { Service } from "./google-server.ts";
import { Refused } from "./refused.ts";
import type { Message } from "./schema.ts";
import type { GoogleWorld, Stored } from "./world.ts";

/** What each kind of resource may be asked for. https://cloud.google.com/iam/docs/roles-permissions */
const ROLES = [
  /^roles\/pubsub\.(publisher|subscriber|viewer|editor)$/,
  /^roles\/run\.invoker$/,
  /^roles\/secretmanager\.(secretAccessor|viewer)$/,
  /^roles\/datastore\.(user|viewer)$/,
  /^roles\/cloudtasks\.(enqueuer|viewer|taskDeleter)$/,
  /^roles\/iam\.serviceAccountUser$/,
];
const MEMBER = /^(allUsers|allAuthenticatedUsers|(user|serviceAccount|group):[^@\s]+@[^@\s]+)$/;

interface Bound {
  readonly role?: string;
  readonly members?: readonly string[];
  readonly condition?: { readonly title?: string; readonly expression?: string };
}

/** The policies of topics, subscriptions, secrets, service accounts, queues of Cloud Tasks and services, and of the project. */
export function policiesService(world: GoogleWorld): Service {
  const get = ({ resource }: Message): Stored => {
    const path = pathOf(String(resource), world);
    return world.policies.get(path) ?? { version: 1, etag: "ACAB" };
  };
  const set = ({ resource, policy }: Message): Stored => {
    const path = pathOf(String(resource), world);
    const wanted = policy as Stored; // as the schema has it
    const { etag = "ACAB" } = world.policies.get(path) ?? {};
    if (wanted.etag !== undefined && wanted.etag !== etag) {
      throw new Refused(
        409,
        "ABORTED",
        "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.",
      );
    }
    const bindings = (wanted.bindings ?? []) as readonly Bound[];
    for (const { role = "", members = [], condition } of bindings) {
      checkCondition(condition, wanted.version);
      if (!ROLES.some((each) => each.test(role)))
        throw Refused.invalid(`Role ${role} is not supported for this resource.`);
      for (const member of members) {
        if (!MEMBER.test(member))
          throw Refused.invalid(`The member ${member} is of an unknown type.`);
        if (member.startsWith("serviceAccount:"))
          world.requireAccount(member.slice("serviceAccount:".length));
      }
    }
    const kept = bindings.filter(({ members = [] }) => members.length > 0);
    const next = {
      version: kept.some(({ condition }) => condition !== undefined) ? 3 : 1,
      etag: randomUUID(),
      ...(kept.length === 0 ? {} : { bindings: kept }),
    };
    world.policies.set(path, next);
    return next;
  };
  return Object.fromEntries(
    [
      "google.pubsub.v1.IAMPolicy",
      "google.cloud.run.v2.Services",
      "google.cloud.secretmanager.v1.SecretManagerService",
      "google.cloud.resourcemanager.v3.Projects",
      "google.cloud.tasks.v2.CloudTasks",
      "google.iam.admin.v1.IAM",
    ].flatMap((service) => [
      [`${service}.GetIamPolicy`, get],
      [`${service}.SetIamPolicy`, set],
    ]),
  );
}

/** https://cloud.google.com/iam/docs/conditions-overview */
function checkCondition(condition: Bound["condition"], version: unknown): void {
  if (condition === undefined) return;
  const { title = "", expression = "" } = condition;
  if (Number(version) !== 3) throw Refused.invalid("Conditions need policies of version 3.");
  if (title === "" || title.length > 100)
    throw Refused.invalid("The condition has no legal title.");
  if (!/^resource\.name == "projects\/[^/"]+\/databases\/[^/"]+"$/.test(expression))
    throw Refused.invalid(`The expression ${expression} is not understood.`);
}

function pathOf(path: string, world: GoogleWorld): string {
  if (!world.has(path)) throw Refused.missing(path);
  return path;
}
