import { Engine } from "../../packages/local/src/engine/engine.ts";
import type { Durability } from "../../packages/local/src/engine/options.ts";
import type { LocalQueues } from "../../packages/local/src/engine/port.ts";
import { KeepAlive } from "../../packages/local/src/share/keep-alive.ts";
import { LinkedQueues } from "../../packages/local/src/share/linked-queues.ts";
import { loopBack } from "../../packages/local/src/share/loopback.ts";
import type { OwnedQueues } from "../../packages/local/src/share/owned.ts";
import { OwnerLink } from "../../packages/local/src/share/owner-link.ts";
import { ServedProcess } from "../../packages/local/src/share/served-process.ts";
import type { Chance } from "./chance.ts";
import type { Connection, End } from "./connection.ts";
import type { Machine } from "./machine.ts";
import type { SimProcess } from "./process.ts";
import { SimStorage } from "./storage.ts";

const PATIENCE_MS = 10_000;
const LOOKS = 4;

/** What keeps Node running is no part of the simulation. */
class NoKeepAlive extends KeepAlive {
  override hold(): void {
    // Nothing to keep alive.
  }

  override release(): void {
    // As above.
  }
}

/**
 * A process that uses the queues: it finds the owner or becomes it, as Election and OwnerServer do over real
 * sockets. All that is said between two of them is the product's own.
 */
export class Member {
  readonly process: SimProcess;
  readonly keepAlive = new NoKeepAlive();
  readonly link: OwnerLink;
  readonly #machine: Machine;
  readonly #chance: Chance;
  readonly #linked: LinkedQueues;
  readonly #durability: Durability;
  readonly #served = new Map<ServedProcess, End>();
  #owned: Engine | undefined;
  #connection: Connection | undefined;
  #welcomed: Connection | undefined;
  #searching = false;
  #looking = false;
  #leaving = false;
  #term = 0;
  #attachments = 0;
  /** Told when the way to the owner is lost, or about to be. */
  onDetached: () => void = () => undefined;

  constructor(machine: Machine, process: SimProcess, durability: Durability) {
    this.#machine = machine;
    this.#chance = machine.chance;
    this.process = process;
    this.#durability = durability;
    this.link = new OwnerLink(
      { welcome: (term) => this.#onWelcome(term), refused: (error) => this.#onRefused(error) },
      this.keepAlive,
      durability,
      {
        session: machine.chance.hex(16),
        holder: process.holder,
        now: () => machine.timeline.now,
      },
    );
    this.#linked = new LinkedQueues(this.link);
  }

  get owned(): OwnedQueues | undefined {
    return this.#owned;
  }

  get linked(): LocalQueues {
    return this.#linked;
  }

  get engine(): Engine | undefined {
    return this.#owned;
  }

  /** Whether the owner knows at this moment that it is there. */
  get attached(): boolean {
    if (this.#owned !== undefined) return true;
    return this.#connection?.intact === true && this.#welcomed === this.#connection;
  }

  /** How often it has found an owner, or lost one. */
  get attachments(): number {
    return this.#attachments;
  }

  queues(): LocalQueues {
    if (this.#owned !== undefined) return this.#owned;
    if (this.#connection === undefined) this.#seek();
    this.#lookLater();
    return this.#linked;
  }

  /** Another process has connected. */
  serve(end: End): void {
    const owned = this.#owned;
    if (owned === undefined) {
      end.end();
      return;
    }
    const served = new ServedProcess(owned, end);
    this.#served.set(served, end);
    end.onData = (chunk) => served.receive(chunk);
    end.onClose = () => {
      this.#served.delete(served);
      void this.#ended(served, owned);
    };
  }

  /** As OwnerServer does it. */
  async #ended(served: ServedProcess, owned: OwnedQueues): Promise<void> {
    const { session, left } = served;
    if (session === undefined || left) return;
    await served.stop();
    for (const other of this.#served.keys()) if (other.session === session) return;
    await owned.endSession(session).catch(() => undefined);
  }

  /** Gives up what this process holds, in good order. */
  async leave(): Promise<void> {
    this.#leaving = true;
    await this.#linked.close();
    const owned = this.#owned;
    this.#owned = undefined;
    if (owned !== undefined) {
      this.#machine.silence(this);
      await Promise.all([...this.#served.keys()].map((served) => served.dismiss()));
      await owned.close();
      for (const end of this.#served.values()) end.end();
    }
    this.#drop();
    this.#leaving = false;
    this.#term = 0;
  }

  #seek(): void {
    if (this.#searching) return;
    this.#searching = true;
    void this.#find().then(() => {
      this.#searching = false;
      const found = this.#owned ?? this.#connection;
      if (found === undefined && this.link.busy) this.#seek();
    });
  }

  async #find(): Promise<void> {
    for (;;) {
      if (this.#leaving && !this.link.busy) return;
      const connection = await this.#machine.dial(this);
      if (connection !== undefined) {
        this.#follow(connection);
        return;
      }
      if (this.#machine.disk.holder === undefined && (await this.#own())) return;
      await this.process.pause(this.#chance.int(3, 12), "search");
    }
  }

  #follow(connection: Connection): void {
    this.#connection = connection;
    this.#attachments++;
    const { client } = connection;
    connection.onCut = () => this.onDetached();
    client.onData = (chunk) => {
      if (this.#connection === connection) this.link.receive(chunk);
    };
    client.onClose = () => this.#onClosed(connection);
    this.link.attach(client);
  }

  #onClosed(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#attachments++;
    this.onDetached();
    this.link.detach();
    if (!this.#leaving || this.link.busy) this.#seek();
  }

  async #own(): Promise<boolean> {
    const { disk, chance, running, windowBytes } = this.#machine;
    try {
      const storage = new SimStorage(disk, this.process);
      const owned = await Engine.open({
        storage,
        clock: this.process,
        random: chance.bytes,
        durability: this.#durability,
        isRunning: (holder) => running(holder),
        windowBytes,
      });
      await this.process.pause(this.#chance.int(0, 3), "listen");
      this.#term = owned.term;
      this.#owned = owned;
      this.#attachments++;
      this.#machine.announce(this);
      loopBack(this.link, owned);
      return true;
    } catch (error) {
      if (error instanceof Error && error.message === "the store is open") return false;
      this.#machine.fail(error);
      return false;
    }
  }

  #onWelcome(term: number): void {
    if (term < this.#term) {
      this.#drop();
      this.#seek();
      return;
    }
    this.#term = term;
    this.#welcomed = this.#connection;
  }

  #onRefused(error: Error): void {
    this.#drop();
    this.link.failAll(error);
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.link.detach();
    connection?.client.end();
  }

  /** Only while somebody waits: worlds in which nothing happens for a day must not take one. */
  #lookLater(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.process.after(PATIENCE_MS / LOOKS, "look", () => {
      this.#looking = false;
      if (this.#owned === undefined && this.link.look(LOOKS)) {
        this.link.failOld(LOOKS, () => new OwnerSilent());
        if (this.#leaving) this.#drop();
      }
      if (this.link.busy) this.#lookLater();
    });
  }
}

/** What a request gets whose owner has been silent for too long; the product's error says more. */
export class OwnerSilent extends Error {}
