import type { Wire } from "../../packages/local/src/share/wire.ts";
import type { Chance } from "./chance.ts";
import type { SimProcess } from "./process.ts";
import type { Timeline } from "./timeline.ts";

/** One side of a connection as its process has it. */
export interface End extends Wire {
  onData: (chunk: Buffer) => void;
  onClose: () => void;
}

/** How a connection behaves: milliseconds on the way at most, and whether writes arrive in pieces. */
export interface Quality {
  readonly delayMs: number;
  readonly pieces: boolean;
}

class Side implements End {
  onData: (chunk: Buffer) => void = () => undefined;
  onClose: () => void = () => undefined;
  readonly process: SimProcess;
  readonly #connection: Connection;
  /** Written, and still on the way to the other side. */
  readonly sent: Buffer[] = [];
  arrivesAt = 0;
  closed = false;

  constructor(process: SimProcess, connection: Connection) {
    this.process = process;
    this.#connection = connection;
  }

  write(frames: readonly Buffer[]): void {
    if (!this.process.alive || this.closed) return;
    // A copy: a frame that is asked again changes meanwhile.
    this.#connection.carry(this, Buffer.concat(frames));
  }

  end(): void {
    if (this.process.alive) this.#connection.close(this);
  }
}

/** A socket between two processes of the machine: bytes arrive in order, late, in pieces, or no longer at all. */
export class Connection {
  readonly client: End;
  readonly server: End;
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #quality: Quality;
  readonly #client: Side;
  readonly #server: Side;
  #broken = false;
  onCut: () => void = () => undefined;

  constructor(
    timeline: Timeline,
    chance: Chance,
    quality: Quality,
    client: SimProcess,
    server: SimProcess,
  ) {
    this.#timeline = timeline;
    this.#chance = chance;
    this.#quality = quality;
    this.#client = new Side(client, this);
    this.#server = new Side(server, this);
    this.client = this.#client;
    this.server = this.#server;
    client.atEnd(() => this.#die(this.#client));
    server.atEnd(() => this.#die(this.#server));
  }

  get open(): boolean {
    return !this.#client.closed && !this.#server.closed;
  }

  /** Open, and what is written arrives. */
  get intact(): boolean {
    return this.open && !this.#broken;
  }

  joins(process: SimProcess): boolean {
    return this.#client.process === process || this.#server.process === process;
  }

  carry(from: Side, bytes: Buffer): void {
    if (this.#broken) return;
    if (this.#quality.pieces && bytes.length > 1 && this.#chance.is(0.5)) {
      const at = this.#chance.int(1, bytes.length - 1);
      this.#send(from, bytes.subarray(0, at));
      this.#send(from, bytes.subarray(at));
    } else this.#send(from, bytes);
  }

  #send(from: Side, bytes: Buffer): void {
    from.sent.push(bytes);
    const { now } = this.#timeline;
    from.arrivesAt = Math.max(from.arrivesAt, now + this.#chance.int(0, this.#quality.delayMs));
    this.#arriveLater(from);
  }

  /** One event for each piece; the first of those on the way is the one that arrives. */
  #arriveLater(from: Side): void {
    const to = this.#other(from);
    const what = `${from.process.name} > ${to.process.name}`;
    this.#timeline.after(from.arrivesAt - this.#timeline.now, what, () => {
      const bytes = from.sent.shift();
      if (bytes === undefined || to.closed) return;
      this.#timeline.note(String(bytes.length));
      to.process.enter("bytes", () => {
        if (!to.closed) to.onData(bytes);
      });
    });
  }

  /** What was written still arrives; then the other side sees the end. */
  close(by: Side): void {
    if (by.closed) return;
    by.closed = true;
    this.#tell(this.#other(by), Math.max(0, by.arrivesAt - this.#timeline.now));
    by.process.after(0, "closed", () => by.onClose());
  }

  /** Cuts it: each side loses some of what is on the way to it and finds out by itself. */
  cut(): void {
    if (!this.open || this.#broken) return;
    this.#broken = true;
    this.#timeline.note("cut");
    this.onCut();
    for (const side of [this.#client, this.#server]) {
      this.#lose(this.#other(side), side, this.#chance.is(0.1) ? 3_000 : 20);
    }
  }

  #die(side: Side): void {
    if (side.closed) return;
    side.closed = true;
    const other = this.#other(side);
    // The kernel tells at once.
    if (!other.closed) this.#lose(side, other, 5);
  }

  #lose(from: Side, to: Side, latestMs: number): void {
    const how = this.#chance.next();
    if (how < 0.4) from.sent.length = 0;
    else if (how < 0.6) {
      // Somewhere in the middle of a frame.
      const last = from.sent.pop();
      if (last !== undefined && last.length > 1) {
        from.sent.push(last.subarray(0, this.#chance.int(1, last.length - 1)));
      }
    }
    const rest = from.sent.length === 0 ? 0 : Math.max(0, from.arrivesAt - this.#timeline.now);
    this.#tell(to, rest + this.#chance.int(0, latestMs));
  }

  #tell(side: Side, delayMs: number): void {
    // After the last piece, which may arrive in the same millisecond.
    side.process.after(delayMs + 1, "close", () => {
      if (side.closed) return;
      side.closed = true;
      side.onClose();
    });
  }

  #other(side: Side): Side {
    return side === this.#client ? this.#server : this.#client;
  }
}
