import type { Outgoing } from "@alienplatform/bindings";
import type { Lane } from "./lane.ts";
import { JOINING } from "./loose.ts";
import { type Loose, makeLoose } from "./loose-row.ts";
import type { QueueParts } from "./parts.ts";
import { recordId, recordKey, recordOf, recordPriority } from "./record.ts";

/** How messages get their place in a queue: sent, due, brought back from the dead, or moved in from another queue. */
export class Arrivals {
  readonly #parts: QueueParts;
  /** What has joined its group in the commit being built, and its place among what is not sealed. */
  #joined: { readonly loose: Loose; readonly place: number }[] = [];

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  /** One that was sent, with the commit being built. */
  readonly append = (message: Outgoing): void => {
    const { activity, order, rates, spec } = this.#parts;
    rates.sent++;
    if (activity.happens()) {
      activity.add({ type: "sent", id: message.id, at: message.sentAt });
    }
    // A lane for its retries; those of a FIFO queue are all in one, since the order of a group beats priority.
    let lane = this.#parts.lane(message.priority ?? 0);
    if (spec().fifo) lane = this.#parts.lane(0);
    else if (message.concurrency !== undefined) order.expectKeys(lane);
    if (message.delayMs === undefined || message.delayMs <= 0) lane.append(message);
    else this.#postpone(message.id, recordOf(message), message.sentAt + message.delayMs);
  };

  /** In a FIFO queue: what was delayed at send goes behind what is there when it becomes due. */
  join(now: number): void {
    const { jobs, loose, spec } = this.#parts;
    const { fifo, retentionMs } = spec();
    if (!fifo) return;
    loose.promote(now);
    for (let next = loose.lend(JOINING); next !== undefined; next = loose.lend(JOINING)) {
      if (next.due + retentionMs > now) {
        const place = this.#parts.lane(0).appendRecord(next.row, next.at, next.end);
        this.#joined.push({ loose: next, place });
      } else jobs.dropped(this.#parts.batch(), next, "expired");
      loose.del(this.#parts.batch(), next);
    }
  }

  /** What has joined is sealed with all else of its lane. */
  sealed(): void {
    this.#joined = [];
  }

  /**
   * Takes back what has joined its group since the last commit: it was sent long before, other than what else is not
   * sealed. Returns how many those were.
   */
  purge(): number {
    const joined = this.#joined;
    if (joined.length === 0) return 0;
    this.#joined = [];
    this.#parts.lane(0).withdraw(new Set(joined.map(({ place }) => place)));
    for (const { loose } of joined)
      this.#parts.jobs.dropped(this.#parts.batch(), loose, "cancelled");
    return joined.length;
  }

  /** A dead letter is ready again. */
  comeBack(record: Buffer): void {
    this.#tell("redriven", record);
    const lane = this.#laneOf(record);
    if (this.#parts.spec().fifo) lane.appendRecord(record, 0, record.length);
    else {
      const loose = this.#putLoose(record, this.#parts.clock.now());
      this.#parts.jobs.moved(this.#parts.batch(), record, 0, loose);
    }
  }

  /** One from another queue goes behind what is there. */
  arrive(record: Buffer): void {
    this.#tell("sent", record);
    this.#laneOf(record).appendRecord(record, 0, record.length);
  }

  #tell(type: "sent" | "redriven", record: Buffer): void {
    const { activity, clock } = this.#parts;
    if (activity.happens()) activity.add({ type, id: recordId(record, 0), at: clock.now() });
  }

  /** A message of its own, due later. */
  #postpone(id: string, record: Buffer, due: number): void {
    const { serial } = this.#putLoose(record, due);
    this.#parts.jobs.delayed(id, due, serial);
  }

  #putLoose(record: Buffer, due: number): Loose {
    const parts = { due, serial: this.#parts.nextSerial(), attempts: 0 };
    const loose = makeLoose(parts, record, 0, record.length);
    this.#parts.loose.put(this.#parts.batch(), loose);
    return loose;
  }

  /** Where it has its place, also where nothing like it was sent before. */
  #laneOf(record: Buffer): Lane {
    if (this.#parts.spec().fifo) return this.#parts.lane(0);
    const lane = this.#parts.lane(recordPriority(record, 0));
    if (recordKey(record, 0) !== 0) this.#parts.order.expectKeys(lane);
    return lane;
  }
}
