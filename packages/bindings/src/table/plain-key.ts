/**
 * Spells a part of a table's key in digits, letters and "-" alone, at most twice as long and in the same order, for a
 * service that keeps other characters for itself. A first digit, letter or "-" stands for a range of characters that
 * has none of its own at its place in ASCII: "-" for those before "0", "9" for those up to "A", "Z" and "z" likewise.
 */
export function plainKey(part: string): string {
  return Array.from(part, (character) => {
    const range = rangeOf(character.charCodeAt(0));
    if (range === undefined) return character;
    return range.by + (character.charCodeAt(0) - range.from).toString(16);
  }).join("");
}

/** What `plainKey` was given. */
export function fromPlainKey(plain: string): string {
  return plain.replaceAll(/([-9Zz])([0-9a-f])/g, (_, by: string, nth: string) => {
    const { from = 0 } = ranges.find((range) => range.by === by) ?? {};
    return String.fromCharCode(from + Number.parseInt(nth, 16));
  });
}

interface Range {
  readonly by: string;
  /** Codes of its first and its last character. */
  readonly from: number;
  readonly to: number;
}

const ranges: readonly Range[] = [
  range("-", " ", "/"),
  range("9", "9", "@"),
  range("Z", "Z", "`"),
  range("z", "z", "~"),
];

function range(by: string, from: string, to: string): Range {
  return { by, from: from.charCodeAt(0), to: to.charCodeAt(0) };
}

function rangeOf(code: number): Range | undefined {
  return ranges.find(({ from, to }) => from <= code && code <= to);
}
