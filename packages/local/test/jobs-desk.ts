import {
  type Job,
  type JobQuery,
  type JobsPage,
  MessageIds,
  type Outgoing,
} from "@alienplatform/bindings";
import { memoryStorage, type QueueSpec, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

export const HOUR = 3_600_000;

/** A desk whose queue keeps jobs for a day, with ids as clients draw them. */
export class JobsDesk {
  readonly desk: Desk;
  readonly #ids: MessageIds;

  private constructor(desk: Desk) {
    this.desk = desk;
    this.#ids = new MessageIds(desk.clock, () => 0.5);
  }

  static async open(changes: Partial<QueueSpec> = {}, storage: Storage = memoryStorage()) {
    return new JobsDesk(await Desk.open(storage, { resultsMs: 24 * HOUR, ...changes }));
  }

  outgoing(body: string, more: Partial<Outgoing> = {}): Outgoing {
    return this.desk.message(body, { id: this.#ids.next(), ...more });
  }

  /** Sends in one commit; answers the ids. */
  async send(count: number, more: Partial<Outgoing> = {}): Promise<readonly string[]> {
    const messages = Array.from({ length: count }, (_, n) => this.outgoing(`${n}`, more));
    await this.desk.engine.send("tasks", messages);
    return messages.map(({ id }) => id);
  }

  async sendOne(more: Partial<Outgoing> = {}): Promise<string> {
    const [id] = await this.send(1, more);
    return id ?? "";
  }

  get(id: string): Promise<Job | undefined> {
    return this.desk.engine.call("tasks", "job", [id]);
  }

  async status(id: string): Promise<string | undefined> {
    return (await this.get(id))?.status;
  }

  statuses(ids: readonly string[]): Promise<readonly (string | undefined)[]> {
    return Promise.all(ids.map((id) => this.status(id)));
  }

  list(query: Partial<JobQuery> = {}): Promise<readonly Job[]> {
    return this.desk.engine.call("tasks", "jobs", [{ limit: 100, ...query }]);
  }

  page(query: Partial<JobQuery> = {}): Promise<JobsPage> {
    return this.desk.engine.call("tasks", "jobsPage", [{ limit: 100, ...query }]);
  }

  async ids(query: Partial<JobQuery> = {}): Promise<readonly string[]> {
    return (await this.list(query)).map(({ id }) => id);
  }

  cancel(id: string) {
    return this.desk.engine.call("tasks", "cancelJob", [id]);
  }

  requeue(id: string) {
    return this.desk.engine.call("tasks", "requeueJob", [id]);
  }

  ended(id: string, signal?: AbortSignal) {
    return this.desk.engine.call("tasks", "jobEnded", [id], { signal });
  }

  async takeAndAck(max: number): Promise<void> {
    const taken = await this.desk.take(max);
    await this.desk.engine.settle(
      "tasks",
      taken.map(({ receipt }) => ({ receipt, outcome: { kind: "ack" } })),
    );
  }
}

export const applied = { ok: true, applied: true };
export const notApplied = { ok: true, applied: false };
