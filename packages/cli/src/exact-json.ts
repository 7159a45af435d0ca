/** Reads JSON whose numbers survive being read here; what is wrong with it is the message of a TypeError. */
export function parseExactJson(text: string): unknown {
  const inexact: number[] = [];
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, part: unknown) => {
      if (Number.isInteger(part) && !Number.isSafeInteger(part)) inexact.push(Number(part));
      return part;
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`the payload is not JSON: ${why}`);
  }
  if (inexact.length === 0) return value;
  throw new TypeError(`a number near ${inexact[0]} is too large to be sent exactly as JSON`);
}
