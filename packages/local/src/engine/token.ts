/** Gives this many unguessable bytes. */
export type Random = (bytes: number) => Uint8Array;

const POOL = 8192;
const SECRET = 16;
/** As base64url counts. */
const DASH = 62;

/** The secret part of receipts, 16 random bytes each; asks for randomness in larger pieces. */
export class TokenSource {
  readonly #random: Random;
  #pool = Buffer.alloc(0);
  #at = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Buffer {
    // A command would take a receipt that begins with a dash for an option.
    for (;;) {
      const secret = this.#draw();
      if (secret.readUInt8(0) >> 2 !== DASH) return secret;
    }
  }

  #draw(): Buffer {
    if (this.#at + SECRET > this.#pool.length) {
      this.#pool = Buffer.from(this.#random(POOL));
      this.#at = 0;
    }
    const secret = this.#pool.subarray(this.#at, this.#at + SECRET);
    this.#at += SECRET;
    return secret;
  }
}
