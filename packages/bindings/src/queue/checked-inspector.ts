import { AlienError } from "@alienplatform/core";
import type { SettleResult } from "./driver.ts";
import type {
  Activity,
  ConsumerState,
  GroupState,
  InspectedMessage,
  InspectedPage,
  KeyState,
  QueueInspector,
} from "./inspector.ts";
import { readPage } from "./page.ts";

const STATES: readonly InspectedPage["state"][] = ["ready", "delayed", "inFlight"];

/** A platform's inspector, which is given only what it can read. */
export class CheckedInspector implements QueueInspector {
  readonly #inspector: QueueInspector;

  constructor(inspector: QueueInspector) {
    this.#inspector = inspector;
  }

  async message(id: string): Promise<InspectedMessage | undefined> {
    return this.#inspector.message(readId("message", id));
  }

  async messages({ state, ...page }: InspectedPage): Promise<readonly InspectedMessage[]> {
    if (!STATES.includes(state)) {
      throw new AlienError("OPTION_INVALID", `state is ${JSON.stringify(state)}`, {
        fix: `Use one of ${STATES.join(", ")}; dead letters have a list of their own.`,
        details: { option: "state" },
      });
    }
    const read = readPage("messages", page);
    if (read.after !== undefined) readId("messages", read.after);
    return this.#inspector.messages({ ...read, state });
  }

  async groups(limit: number): Promise<readonly GroupState[]> {
    return this.#inspector.groups(readPage("groups", { limit }).limit);
  }

  async keys(limit: number): Promise<readonly KeyState[]> {
    return this.#inspector.keys(readPage("keys", { limit }).limit);
  }

  consumers(): Promise<readonly ConsumerState[]> {
    return this.#inspector.consumers();
  }

  async activity(after: string | undefined, signal: AbortSignal): Promise<Activity> {
    if (after !== undefined) readId("activity", after);
    return this.#inspector.activity(after, signal);
  }

  async expedite(id: string): Promise<SettleResult> {
    return this.#inspector.expedite(readId("expedite", id));
  }
}

/** An id, or a cursor. */
function readId(call: string, id: unknown): string {
  if (typeof id === "string") return id;
  throw new TypeError(`${call}() takes text as an earlier answer gave it, not ${typeof id}.`);
}
