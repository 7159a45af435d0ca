import type { FunctionResource } from "@alienplatform/core";

/**
 * The variables of a function that is asked for its handlers: its own, something for each secret, so that code which
 * insists on them can be loaded, and ALIEN_COLLECT, by which it can tell.
 */
export function functionEnvironment(resource: FunctionResource): Readonly<Record<string, string>> {
  const { id, triggers, http, environment, secrets } = resource;
  const { NODE_OPTIONS: _, ...own } = environment;
  const described = { id, triggers, ...(http ? { http: {} } : {}) };
  return {
    ...own,
    ...Object.fromEntries([...secrets, "ALIEN_SIGNING_SECRET"].map((name) => [name, STAND_IN])),
    ALIEN_FUNCTION: JSON.stringify(described),
    ALIEN_COLLECT: "1",
  };
}

/** No secret's value: as long as a signing secret has to be. */
const STAND_IN = "not-known-where-plans-are-made--";
