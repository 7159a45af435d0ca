import { AlienError } from "@alienplatform/core";
import type { Clock } from "../src/clock.ts";
import type { Outgoing } from "../src/queue/driver.ts";
import type { Activity, ActivityEvent } from "../src/queue/inspector.ts";
import { Bell } from "./bell.ts";

/** What happened in the reference queue, all of it for ever. */
export class ReferenceActivity {
  readonly #clock: Clock;
  readonly #bell = new Bell();
  readonly #events: ActivityEvent[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(
    type: ActivityEvent["type"],
    { id }: Pick<Outgoing, "id">,
    more: Omit<ActivityEvent, "type" | "id" | "at"> = {},
  ): void {
    this.#events.push({ type, id, at: this.#clock.now(), ...more });
    this.#bell.ring();
  }

  tellAll(type: ActivityEvent["type"], messages: readonly Pick<Outgoing, "id">[]): void {
    for (const message of messages) this.tell(type, message);
  }

  async after(cursor: string | undefined, signal: AbortSignal): Promise<Activity> {
    const from = Number(cursor ?? this.#events.length);
    while (from >= this.#events.length) {
      if (signal.aborted) throw new AlienError("ABORTED", "given up", { fix: "Wait again." });
      await this.#bell.wait(this.#clock, Number.POSITIVE_INFINITY, signal);
    }
    const events = this.#events.slice(from);
    return { cursor: String(from + events.length), events, skipped: 0 };
  }
}
