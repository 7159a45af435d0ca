import type { GoogleWorld, Stored } from "../../../packages/gcp/test/google/world.ts";
import type { Inventory } from "./wire.ts";

const HTTP_CONFLICT = 409;

/** What stands in a project of the tests' Google, as it has it. */
export class GoogleInventory implements Inventory {
  readonly twice: string[] = [];
  made = 0;
  readonly #world: GoogleWorld;

  constructor(world: GoogleWorld) {
    this.#world = world;
  }

  /** One for each part: of a policy one for each member, and of who may call a function one for all. */
  get there(): ReadonlySet<string> {
    const { topics, subscriptions, functions, accounts, secrets, buckets, databases, policies } =
      this.#world;
    const { taskQueues } = this.#world;
    const things = {
      topics,
      subscriptions,
      functions,
      accounts,
      secrets,
      buckets,
      databases,
      taskQueues,
    };
    return new Set([
      ...Object.entries(things).flatMap(([kind, all]) =>
        [...all.keys()].map((name) => (kind === "buckets" ? `gs://${name}` : name)),
      ),
      ...[...policies].flatMap(([path, policy]) => grantsOf(path, policy)),
    ]);
  }

  /** A call was carried out. What is asked for twice Google refuses, since all its names are of the caller's choice. */
  answered(call: string, status: number): void {
    if (!isMaking(call)) return;
    if (status < 300) this.made += 1;
    // A policy that somebody else changed meanwhile is read and written again.
    if (status === HTTP_CONFLICT) this.twice.push(call);
  }
}

function grantsOf(path: string, { bindings = [] }: Stored): readonly string[] {
  // As the policies' service keeps them.
  const those = bindings as readonly { readonly members?: readonly string[] }[];
  if (path.includes("/services/")) return those.length === 0 ? [] : [`who may call ${path}`];
  return those.flatMap(({ members = [] }) => members.map((member) => `${member} on ${path}`));
}

/** PUT makes topics and subscriptions; the path of any other has the kind at its end. */
function isMaking(call: string): boolean {
  const [verb = "", url = ""] = call.split(" ");
  const path = url.split("?")[0] ?? "";
  if (verb === "PUT") return true;
  return (
    verb === "POST" && /\/(functions|secrets|serviceAccounts|databases|queues|v1\/b)$/.test(path)
  );
}
