import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Clock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Durability } from "../engine/options.ts";
import type { LocalQueues } from "../engine/port.ts";
import { type DataDirectory, dataDirectory } from "./data-directory.ts";
import { dial } from "./dial.ts";
import { KeepAlive } from "./keep-alive.ts";
import { LinkedQueues } from "./linked-queues.ts";
import type { OwnedQueues } from "./owned.ts";
import { OwnerLink } from "./owner-link.ts";
import type { OwnerServer } from "./owner-server.ts";
import { Operation } from "./protocol.ts";
import { socketWire } from "./wire.ts";

export interface ElectionOptions {
  readonly directory: string;
  /** How long requests wait for an owner that does not answer. */
  readonly patienceMs: number;
  /** The owner's. */
  readonly clock?: Clock;
  /** What this process wants, whoever owns the store. */
  readonly durability: Durability;
  /** Opens the store; undefined where another process has it open. */
  open(): Promise<OwnedQueues | undefined>;
}

/** Silence is looked for this many times in the patience. */
const LOOKS = 4;
/** After another process was seen to hold the lock, its socket is looked for this long before the lock is. */
const LOCKED_MS = 100;

/**
 * Finds the queues of a directory: connects to the process that owns them, or becomes it. Does so anew
 * whenever the owner is gone, for as long as this process lives.
 */
export class Election {
  readonly keepAlive = new KeepAlive();
  readonly link: OwnerLink;
  readonly #options: ElectionOptions;
  readonly #linked: LinkedQueues;
  #owned: OwnedQueues | undefined;
  #server: OwnerServer | undefined;
  #socket: Socket | undefined;
  #search: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;
  #welcomed = false;
  #term = 0;
  #owner = "";

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.link = new OwnerLink(
      {
        welcome: (term, pid) => this.#onWelcome(term, pid),
        refused: (error) => this.#onRefused(error),
      },
      this.keepAlive,
      options.durability,
    );
    this.#linked = new LinkedQueues(this.link);
  }

  /** The engine, where this process owns the store. */
  get owned(): OwnedQueues | undefined {
    return this.#owned;
  }

  /** The engine, or the way to the owner; starts the search for one where there is none. */
  queues(): LocalQueues {
    if (this.#owned !== undefined) return this.#owned;
    if (this.idle && this.#leaving === undefined) this.#seek();
    return this.#linked;
  }

  /**
   * Gives up what this process holds, in good order: a store is closed for the next owner to open, an
   * owner is told goodbye. A request after that starts anew.
   */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave().finally(() => {
      this.#leaving = undefined;
      if (this.link.busy) this.#seek();
    });
    return this.#leaving;
  }

  /** Whether there is anything to leave. */
  get idle(): boolean {
    return this.#owned === undefined && this.#socket === undefined && this.#search === undefined;
  }

  #seek(): void {
    this.#watch ??= setInterval(() => this.#look(), this.#options.patienceMs / LOOKS).unref();
    this.#search = this.#find()
      .catch((error) => this.link.failAll(error))
      .finally(() => {
        this.#search = undefined;
        // The wire that was found can be gone again before this runs.
        if (this.#owned === undefined && this.#socket === undefined && this.link.busy) this.#seek();
      });
  }

  async #find(): Promise<void> {
    // Whoever lately took the connection and closed it again needs a moment to be gone.
    if (!this.#welcomed && this.#owner !== "") await pause();
    const directory = await dataDirectory(this.#options.directory);
    let lockedUntil = 0;
    for (;;) {
      if (this.#leaving !== undefined && !this.link.busy) return;
      const socket = await dial(directory.socket);
      if (socket !== undefined) {
        this.#follow(socket);
        return;
      }
      // Asking for the lock costs its holder more than asking for the socket: LevelDB renames the log
      // of its doings before it finds out that it is not alone.
      if (performance.now() >= lockedUntil) {
        const owned = await this.#options.open();
        if (owned !== undefined) {
          await this.#own(owned, directory);
          return;
        }
        lockedUntil = performance.now() + LOCKED_MS * (1 + Math.random());
      }
      await pause();
    }
  }

  #follow(socket: Socket): void {
    this.#socket = socket;
    this.#welcomed = false;
    socket.on("data", (chunk) => this.link.receive(chunk));
    // A close follows every error, and tells all there is to know.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#onClosed(socket));
    this.link.attach(socketWire(socket));
  }

  /** The owner is gone, whatever the reason. Also with nothing to ask: what is on loan here must stay so. */
  #onClosed(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.link.detach();
    if (this.#leaving === undefined || this.link.busy) this.#seek();
  }

  async #own(owned: OwnedQueues, directory: DataDirectory): Promise<void> {
    const { loopBack, OwnerServer } = await import("./ownership.ts");
    try {
      this.#server = await OwnerServer.listen(owned, directory.socket, this.#options.clock);
    } catch (error) {
      await owned.close();
      throw error;
    }
    this.#term = owned.term;
    this.#owned = owned;
    loopBack(this.link, owned);
  }

  #onWelcome(term: number, pid: number): void {
    if (term < this.#term) {
      // An owner of the past, which does not know yet that it is one: nothing that it says counts.
      this.#drop();
      this.#seek();
      return;
    }
    this.#term = term;
    this.#welcomed = true;
    this.#owner = `process ${pid}`;
  }

  #onRefused(error: Error): void {
    this.#drop();
    this.link.failAll(error);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.link.detach();
    socket?.destroy();
  }

  #look(): void {
    if (this.#owned !== undefined || !this.link.look(LOOKS)) return;
    this.link.failOld(LOOKS, (operation) => this.#ownerLost(operation));
    // To take leave of somebody who does not listen would take for ever.
    if (this.#leaving !== undefined) this.#drop();
  }

  /** Only a send would be done twice: everything else names what it is about. */
  #ownerLost(operation: number): AlienError {
    const { directory, patienceMs } = this.#options;
    const owner = this.#owner === "" ? "the process that owns them" : this.#owner;
    const sent = operation === Operation.Send;
    const silence = `the local queues in ${directory} are held by ${owner}, which has not answered for ${patienceMs / 1000} s`;
    const goOn = `Let that process go on, or end it: whatever has ${directory} open.`;
    return new AlienError(
      "OWNER_LOST",
      sent ? `${silence}; what was sent may or may not have been stored` : silence,
      {
        fix: sent
          ? `${goOn} Send again with the idempotency key of the first time, or look first: without a key it may be stored twice.`
          : `${goOn} Then try again; nothing is lost.`,
        retryable: !sent,
        details: { directory },
      },
    );
  }

  async #leave(): Promise<void> {
    await this.#search;
    await this.#linked.close();
    const owned = this.#owned;
    const server = this.#server;
    this.#owned = undefined;
    this.#server = undefined;
    if (owned !== undefined) {
      await server?.dismiss();
      await owned.close();
      // The others see their connection close, and find the store free.
      server?.end();
    }
    this.#drop();
    clearInterval(this.#watch);
    this.#watch = undefined;
    // Whoever comes next may have found an empty directory and started to count anew.
    this.#term = 0;
  }
}

/** Apart by chance, so that two that wait for the same thing do not meet again. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 3 + Math.random() * 9).unref();
  });
}
