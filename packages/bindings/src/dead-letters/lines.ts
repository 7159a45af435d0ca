/** A message of the largest size with its history, all of it escaped, is far below. */
const LONGEST_LINE = 16 * 1024 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Undefined where it is longer than any that is read. */
  readonly text: string | undefined;
}

/** The lines of a text that comes in pieces; none is kept whole that is too long. */
export async function* linesOf(
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 1;
  let parts: string[] = [];
  let length = 0;
  const add = (part: string) => {
    length += part.length;
    if (length <= LONGEST_LINE) parts.push(part);
    else parts = [];
  };
  const cut = (): Line => {
    const text = length <= LONGEST_LINE ? parts.join("") : undefined;
    parts = [];
    length = 0;
    return { number: number++, text };
  };
  for await (const piece of pieces) {
    const text = typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      add(text.slice(from, end));
      yield cut();
      from = end + 1;
    }
    add(text.slice(from));
  }
  add(decoder.decode());
  if (length > 0) yield cut();
}
