/** The beginning of an answer's body. */
export interface AnswerText {
  readonly text: string;
  /** Whether that is all of it. */
  readonly whole: boolean;
}

/**
 * Reads a body up to a limit of bytes and cancels what is beyond. One that is not read to its end, or
 * cancelled, would keep its connection.
 */
export async function readAnswer(response: Response, mostBytes: number): Promise<AnswerText> {
  const { body } = response;
  if (body === null) return { text: "", whole: true };
  const chunks: Uint8Array[] = [];
  let left = mostBytes;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: textOf(chunks), whole: true };
    chunks.push(value.subarray(0, left));
    left -= value.length;
    if (left >= 0) continue;
    // What comes of the connection is of no interest any more.
    await reader.cancel().catch(() => undefined);
    return { text: textOf(chunks), whole: false };
  }
}

function textOf(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  const texts = chunks.map((chunk) => decoder.decode(chunk, { stream: true }));
  return texts.join("") + decoder.decode();
}
