/** 1 MiB: of 800,000 keys that were never added, one in a hundred is looked for in vain; of two million, one in six. */
const WORDS = 2 ** 18;
const POSITION = WORDS * 32 - 1;

/** Which fingerprints were surely never added (a Bloom filter): spares most sends the look at the disk. */
export class KeyFilter {
  readonly #bits = new Uint32Array(WORDS);

  add(fingerprint: string): void {
    for (let at = 0; at < 12; at += 3) {
      const position = positionAt(fingerprint, at);
      this.#bits[position >>> 5] = (this.#bits[position >>> 5] ?? 0) | (1 << (position & 31));
    }
  }

  mayHave(fingerprint: string): boolean {
    for (let at = 0; at < 12; at += 3) {
      const position = positionAt(fingerprint, at);
      if (((this.#bits[position >>> 5] ?? 0) & (1 << (position & 31))) === 0) return false;
    }
    return true;
  }
}

/** Three bytes of a fingerprint are as good as a hash of their own. */
function positionAt(fingerprint: string, at: number): number {
  const bits =
    fingerprint.charCodeAt(at) |
    (fingerprint.charCodeAt(at + 1) << 8) |
    (fingerprint.charCodeAt(at + 2) << 16);
  return bits & POSITION;
}
