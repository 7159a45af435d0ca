import type { GoogleApi, GoogleClient } from "../google-client.ts";

/** https://cloud.google.com/iam/docs/reference/rest/v1/Policy */
export interface Policy {
  readonly version?: number;
  readonly bindings?: readonly Binding[];
  /** So that nobody's change is written over. */
  readonly etag?: string;
}

interface Binding {
  readonly role: string;
  readonly members?: readonly string[];
  readonly condition?: Condition;
}

/** https://cloud.google.com/iam/docs/conditions-overview */
export interface Condition {
  readonly title: string;
  /** By which two are told apart here. */
  readonly expression: string;
}

/** Of policies that hold conditions, without which they would be lost. */
const VERSION = 3;

/** Services that are asked for a policy by POST, and whether that has a body; the others by GET. */
const ASKED: Readonly<Partial<Record<GoogleApi, "body" | "query">>> = {
  cloudtasks: "body",
  iam: "query",
};

/** The policy of one resource of a service. */
export async function readPolicy(
  google: GoogleClient,
  api: GoogleApi,
  path: string,
  signal: AbortSignal,
): Promise<Policy> {
  const asked = ASKED[api];
  const version = { requestedPolicyVersion: VERSION };
  return google.call<Policy>(api, {
    verb: asked === undefined ? "GET" : "POST",
    path: `${path}:getIamPolicy`,
    ...(asked === "body"
      ? { body: { options: version } }
      : { query: { "options.requestedPolicyVersion": VERSION } }),
    signal,
  });
}

/** Takes its place; Google refuses it where somebody else has changed it since it was read. */
export async function writePolicy(
  google: GoogleClient,
  api: GoogleApi,
  path: string,
  policy: Policy,
  signal: AbortSignal,
): Promise<Policy> {
  const body = { policy: { ...policy, version: VERSION } };
  return google.call<Policy>(api, { verb: "POST", path: `${path}:setIamPolicy`, body, signal });
}

/** The roles that a member has under a condition, or without one, sorted. */
export function rolesOf(
  { bindings = [] }: Policy,
  member: string,
  condition?: Condition,
): readonly string[] {
  return bindings
    .filter((each) => isUnder(each, condition) && (each.members ?? []).includes(member))
    .map(({ role }) => role)
    .sort();
}

/** The members that have a role under a condition, or without one, sorted. */
export function membersOf(
  { bindings = [] }: Policy,
  role: string,
  condition?: Condition,
): readonly string[] {
  return bindings
    .filter((each) => each.role === role && isUnder(each, condition))
    .flatMap(({ members = [] }) => members)
    .sort();
}

/** The policy in which a member has exactly these roles, of those under that condition, or without one. */
export function withRoles(
  policy: Policy,
  member: string,
  roles: readonly string[],
  condition?: Condition,
): Policy {
  const all = new Set([...rolesOf(policy, member, condition), ...roles]);
  return [...all].reduce((made, role) => {
    const others = membersOf(made, role, condition).filter((each) => each !== member);
    const members = roles.includes(role) ? [...others, member] : others;
    return withMembers(made, role, members, condition);
  }, policy);
}

/** The policy in which exactly these members have a role, under that condition or without one. */
export function withMembers(
  policy: Policy,
  role: string,
  members: readonly string[],
  condition?: Condition,
): Policy {
  const others = (policy.bindings ?? []).filter(
    (each) => each.role !== role || !isUnder(each, condition),
  );
  const binding = {
    role,
    members: [...members].sort(),
    ...(condition === undefined ? {} : { condition }),
  };
  return { ...policy, bindings: members.length === 0 ? others : [...others, binding] };
}

function isUnder(binding: Binding, condition: Condition | undefined): boolean {
  return binding.condition?.expression === condition?.expression;
}
