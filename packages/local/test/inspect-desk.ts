import { MessageIds, type Outgoing } from "@alienplatform/bindings";
import type { MessageState } from "@alienplatform/bindings/operate";
import { memoryStorage, type QueueSpec, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

/** A desk that is looked at, with ids as clients draw them. */
export class InspectDesk {
  readonly desk: Desk;
  readonly #ids: MessageIds;

  private constructor(desk: Desk) {
    this.desk = desk;
    this.#ids = new MessageIds(desk.clock, () => 0.5);
  }

  static async open(changes: Partial<QueueSpec> = {}, storage: Storage = memoryStorage()) {
    return new InspectDesk(await Desk.open(storage, changes));
  }

  /** Sends in one commit; answers the ids. */
  async send(count: number, more: Partial<Outgoing> = {}): Promise<readonly string[]> {
    const messages = Array.from({ length: count }, (_, n) =>
      this.desk.message(`${n}`, { id: this.#ids.next(), ...more }),
    );
    await this.desk.engine.send("tasks", messages);
    return messages.map(({ id }) => id);
  }

  async sendOne(more: Partial<Outgoing> = {}): Promise<string> {
    const [id] = await this.send(1, more);
    return id ?? "";
  }

  message(id: string) {
    return this.desk.engine.call("tasks", "message", [id]);
  }

  expedite(id: string) {
    return this.desk.engine.call("tasks", "expedite", [id]);
  }

  page(state: Exclude<MessageState, "dead">, limit = 100, after?: string) {
    const page = { state, limit, ...(after !== undefined && { after }) };
    return this.desk.engine.call("tasks", "messages", [page]);
  }

  /** All of a state, read in pages. */
  async ids(state: Exclude<MessageState, "dead">, limit = 100): Promise<readonly string[]> {
    const ids: string[] = [];
    for (;;) {
      const page = await this.page(state, limit, ids.at(-1));
      if (page.length === 0) return ids;
      ids.push(...page.map(({ id }) => id));
    }
  }
}
