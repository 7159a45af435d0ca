import type { Clock, Pause, PauseRequest, QueueControl } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { WriteBatch } from "../store/storage.ts";
import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { ControlWatch } from "./control-watch.ts";
import { controlKey } from "./keys.ts";
import type { DeclaredPause, QueueSpec } from "./port.ts";

/** The row: u8 format, JSON of the QueueControl, u32 checksum. */
const HEAD = 1;
const DECLARED = "alien.ts starts it paused";
const BOUND = "its consumer was bound as paused";

/** What operators have decided about one queue, and who waits to hear of it. */
export class ControlBook {
  readonly #queue: number;
  readonly #clock: Clock;
  readonly #spec: () => QueueSpec;
  readonly #changed: () => void;
  readonly #watch = new ControlWatch();
  #control: QueueControl = { version: 0 };
  #unsealed = false;

  constructor(
    queue: number,
    parts: {
      readonly clock: Clock;
      readonly spec: () => QueueSpec;
      /** Called when a seal has something to do. */
      readonly changed: () => void;
    },
  ) {
    this.#queue = queue;
    this.#clock = parts.clock;
    this.#spec = parts.spec;
    this.#changed = parts.changed;
  }

  restore(row: Buffer): void {
    verified(row, "what operators have decided about a queue");
    // Its checksum says that this is what seal() wrote.
    this.#control = JSON.parse(
      row.toString("utf8", HEAD, row.length - CHECKSUM_BYTES),
    ) as QueueControl;
  }

  /** The pause there is now: one whose time is over has ended. */
  get paused(): Pause | undefined {
    this.#pass();
    return this.#control.pause;
  }

  #pass(): void {
    const { pause, consumer } = this.#control;
    if (pause?.until !== undefined && pause.until <= this.#clock.now())
      this.#change(undefined, consumer);
  }

  /** When time alone ends the pause. */
  get until(): number {
    return this.#control.pause?.until ?? Number.POSITIVE_INFINITY;
  }

  /** Whether what is ready goes to the dead letters. */
  get buries(): boolean {
    return this.paused?.whilePaused === "deadLetter";
  }

  async now(): Promise<QueueControl> {
    this.#pass();
    return this.#control;
  }

  /** Waits until the version is another. */
  after(version: number, signal: AbortSignal | undefined): Promise<QueueControl> {
    return this.#watch.after(this.#control, version, signal);
  }

  /** Replaces the pause that there is. */
  async pause({ reason, until, whilePaused }: PauseRequest): Promise<void> {
    const pause: Pause = {
      reason,
      ...(until !== undefined && { until }),
      whilePaused: whilePaused ?? this.#spec().trigger?.whilePaused ?? "wait",
      since: this.#clock.now(),
    };
    this.#change(pause, this.#control.consumer);
  }

  async resume(): Promise<void> {
    if (this.paused !== undefined) this.#change(undefined, this.#control.consumer);
  }

  async bind(consumer: string, status: "active" | "paused"): Promise<void> {
    this.#change(status === "active" ? undefined : this.paused, consumer);
    if (status === "paused" && this.paused === undefined) await this.pause({ reason: BOUND });
  }

  async unbind(): Promise<void> {
    this.#change(this.paused, undefined);
  }

  /** Follows alien.ts where it has changed since it was declared last; else what operators have said stays. */
  declared(before: DeclaredPause | undefined, after: DeclaredPause | undefined): void {
    if (after === undefined) return;
    const { paused: pause } = this;
    const { consumer } = this.#control;
    const { paused, whilePaused } = after;
    if (before?.paused !== true) {
      if (!paused || pause !== undefined) return;
      const since = this.#clock.now();
      this.#change({ reason: DECLARED, whilePaused, since, declared: true }, consumer);
    } else if (pause?.declared === true) {
      if (!paused) this.#change(undefined, consumer);
      else if (pause.whilePaused !== whilePaused) this.#change({ ...pause, whilePaused }, consumer);
    }
  }

  /** Throws QUEUE_PAUSED where a redriven message would be dead at once. */
  refuseRedrive(): void {
    if (!this.buries) return;
    const { name } = this.#spec();
    throw new AlienError(
      "QUEUE_PAUSED",
      `queue "${name}" is paused and dead-letters what arrives; nothing was redriven`,
      { fix: `Resume it first, as with: alien queue resume ${name}`, details: { queue: name } },
    );
  }

  #change(pause: Pause | undefined, consumer: string | undefined): void {
    this.#control = {
      version: this.#control.version + 1,
      ...(pause && { pause }),
      ...(consumer !== undefined && { consumer }),
    };
    this.#unsealed = true;
    this.#changed();
  }

  seal(batch: WriteBatch): void {
    if (!this.#unsealed) return;
    this.#unsealed = false;
    const json = Buffer.from(JSON.stringify(this.#control));
    const row = Buffer.allocUnsafe(HEAD + json.length + CHECKSUM_BYTES);
    row[0] = 1;
    json.copy(row, HEAD);
    batch.put(controlKey(this.#queue), addChecksum(row));
  }

  /** What was sealed is on disk. */
  committed(): void {
    if (!this.#unsealed) this.#watch.tell(this.#control);
  }

  /** Nothing more will be heard from this store. */
  failed(error: AlienError): void {
    this.#watch.failed(error);
  }
}
