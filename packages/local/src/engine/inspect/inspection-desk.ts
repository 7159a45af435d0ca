import type { SettleResult } from "@alienplatform/bindings";
import type {
  ConsumerState,
  GroupState,
  InspectedMessage,
  InspectedPage,
  KeyState,
} from "@alienplatform/bindings/operate";
import type { Storage } from "../../store/storage.ts";
import type { Commit } from "../commit.ts";
import { type FoundJob, JobFinder } from "../jobs/job-finder.ts";
import { keptOf, type Loose, makeLoose } from "../loose-row.ts";
import type { QueueParts } from "../parts.ts";
import { consumers } from "./consumers.ts";
import { groupsHeld } from "./groups-held.ts";
import { keysUsed } from "./keys-used.ts";
import { MessagePages } from "./message-pages.ts";
import { toInspected } from "./to-inspected.ts";

/** A look that met a message on its way from one place to another is repeated; one that met it so often is not. */
const MOST_LOOKS = 3;
const applied: SettleResult = Object.freeze({ ok: true, applied: true });
const notApplied: SettleResult = Object.freeze({ ok: true, applied: false });

/** What people who look ask about a queue's messages. All are looks, but what expedite() answers. */
export class InspectionDesk {
  readonly #parts: QueueParts;
  readonly #commit: Commit;
  readonly #finder: JobFinder;
  readonly #pages: MessagePages;
  readonly #waiting: () => ReadonlySet<string | undefined>;
  readonly #processOf: (session: string) => number | undefined;
  readonly #changed: () => void;

  constructor(
    parts: QueueParts,
    options: {
      readonly storage: Storage;
      readonly commit: Commit;
      /** The sessions that wait for messages. */
      readonly waiting: () => ReadonlySet<string | undefined>;
      readonly processOf: (session: string) => number | undefined;
      /** Called when a seal has something to do. */
      readonly changed: () => void;
    },
  ) {
    this.#parts = parts;
    this.#commit = options.commit;
    this.#finder = new JobFinder(parts, options.storage, options.commit);
    this.#pages = new MessagePages(parts, (id) => this.#find(id));
    this.#waiting = options.waiting;
    this.#processOf = options.processOf;
    this.#changed = options.changed;
  }

  /** Undefined where none of this id waits, is on loan or dead. */
  async message(id: string): Promise<InspectedMessage | undefined> {
    const found = await this.#find(id);
    return found && toInspected(found, this.#parts.clock.now(), this.#parts.lane);
  }

  messages(page: InspectedPage): Promise<readonly InspectedMessage[]> {
    return this.#pages.page(page);
  }

  groups(limit: number): Promise<readonly GroupState[]> {
    return groupsHeld(this.#parts, limit);
  }

  keys(limit: number): Promise<readonly KeyState[]> {
    return keysUsed(this.#parts, limit);
  }

  async consumers(): Promise<readonly ConsumerState[]> {
    return consumers(this.#parts.leases, this.#waiting(), this.#processOf);
  }

  /** By the records of jobs where they are kept of all that there is; else it is read. */
  async #find(id: string): Promise<FoundJob | undefined> {
    const { kept, complete } = this.#parts.jobs;
    if (kept) {
      const found = await this.#finder.find(id);
      if (found !== undefined || complete) return found;
    }
    for (let looks = 1; ; looks++) {
      await this.#commit.durable();
      const { count } = this.#commit;
      const found = await this.#finder.search(id);
      if (found !== undefined || this.#commit.count === count || looks === MOST_LOOKS) return found;
    }
  }

  /** Finds the message, which may take longer than others should wait for; what it answers runs alone, see Commit.alone. */
  async expedite(id: string): Promise<() => Promise<SettleResult>> {
    const found = await this.#find(id);
    return async () => {
      if (found?.where !== "loose") return notApplied;
      // What has gone on since is not delayed, or was not for a moment.
      const there = await this.#finder.loose(found.loose);
      return there?.where === "loose" ? this.#makeReady(there.loose) : notApplied;
    };
  }

  #makeReady(loose: Loose): SettleResult {
    const now = this.#parts.clock.now();
    const batch = this.#parts.batch();
    if (loose.due <= now || !this.#parts.loose.cancel(batch, loose)) return notApplied;
    const { attempts, returned, row, at, end } = loose;
    const serial = this.#parts.nextSerial();
    const kept = keptOf(loose);
    const ready = makeLoose({ due: now, serial, attempts, returned, kept }, row, at, end);
    this.#parts.loose.put(batch, ready);
    this.#parts.jobs.moved(batch, row, at, ready);
    this.#changed();
    return applied;
  }
}
