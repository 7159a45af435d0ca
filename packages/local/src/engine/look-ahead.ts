/** Messages looked at in one commit at most: some milliseconds of work. */
const LOOKED_AT = 8_192;
/** Of these, so many that nobody has asked for yet, to find the keys and groups behind a busy one; loose ones likewise. */
const LOOKED_AHEAD = 1_024;
/**
 * Nothing more is looked for ahead while so many keys or groups can have their turn: what is parked of them gets less
 * with each turn, and then there is room for those behind.
 */
const ENOUGH_READY = 1_024;
/** Nor while so many runs of neighbours wait, or so many loose messages. */
const ENOUGH_WAITING = 262_144;
/** With so many waiting nothing behind them is looked at, whoever asks. */
const MOST_WAITING = 4_194_304;
const MOST_LOOSE = 1_048_576;

/** How much waits in a lane. */
export interface Waiting {
  /** Keys and groups that can have their turn. */
  readonly ready: number;
  /** Messages never received, runs of neighbours counted once. */
  readonly runs: number;
  readonly loose: number;
}

/** How far one commit may look beyond what it gives out, so that neither time nor memory runs away. */
export class LookAhead {
  readonly #waiting: Waiting;
  #left = 0;
  #ahead = 0;
  #looseAhead = 0;

  constructor(waiting: Waiting) {
    this.#waiting = waiting;
  }

  /** A new commit. */
  begin(): void {
    this.#left = LOOKED_AT;
    this.#ahead = LOOKED_AHEAD;
    this.#looseAhead = LOOKED_AHEAD;
  }

  /** Messages that may still be looked at. */
  get left(): number {
    return this.#left;
  }

  /** So many were looked at. */
  spend(messages: number): void {
    this.#left -= messages;
  }

  /** One that nobody has asked for was looked at. */
  spendAhead(): void {
    this.#ahead--;
  }

  spendLooseAhead(): void {
    this.#looseAhead--;
  }

  /** Whether one more may be looked at that nobody has asked for. */
  get mayGoOn(): boolean {
    return this.#ahead > 0 && !this.#enough;
  }

  /** Whether one more loose message may wait: `wanted` where somebody asks and nobody has a turn. */
  mayTakeLoose(wanted: boolean): boolean {
    if (this.#left <= 0) return false;
    if (wanted) return this.#waiting.loose < MOST_LOOSE;
    return this.#looseAhead > 0 && this.#waiting.loose < ENOUGH_WAITING;
  }

  /** Whether nothing more is looked at before something of what waits is given. */
  get full(): boolean {
    const { ready, runs } = this.#waiting;
    return runs >= MOST_WAITING || (ready > 0 && this.#enough);
  }

  get #enough(): boolean {
    const { ready, runs } = this.#waiting;
    return ready >= ENOUGH_READY || runs >= ENOUGH_WAITING;
  }
}
