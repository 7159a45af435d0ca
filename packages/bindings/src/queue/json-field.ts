/**
 * The JSON text of a field of a JSON text, by its path; undefined where there is none. It reads the text itself, since
 * JSON.parse would round what is beyond 2^53. Never throws: what is no JSON has no fields.
 */
export function jsonField(json: string, path: readonly string[]): string | undefined {
  const reader = new Reader(json);
  for (const step of path) if (!reader.enter(step)) return undefined;
  return reader.value();
}

/** The JSON texts of an array's elements, in order; none where it is no array. Never throws. */
export function jsonElements(json: string): readonly string[] {
  return new Reader(json).elements();
}

/** Two JSON texts of scalars: whether they are equal, numbers by their exact value. */
export function sameScalar(one: string, other: string): boolean {
  if (one === other) return true;
  if (one.startsWith('"') && other.startsWith('"')) return parsed(one) === parsed(other);
  const number = exact(one);
  return number !== undefined && number === exact(other);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON string, whatever its first character
  }
}

/** A number as sign, digits without zeros at their ends, and exponent: 1.50 and 15e-1 are the same. */
function exact(text: string): string | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length);
  return `${sign}${kept}e${power}`;
}

const SPACE = new Set([" ", "\t", "\n", "\r"]);

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Moves to a member's value; of one that is there twice the last, as JSON.parse does. */
  enter(step: string): boolean {
    const opening = this.#peek();
    if (opening !== "{" && opening !== "[") return false;
    this.#at++;
    const closing = opening === "{" ? "}" : "]";
    let found: number | undefined;
    for (let index = 0; this.#peek() !== closing; index++) {
      let name = String(index);
      if (opening === "{") {
        const key = this.value();
        if (key === undefined || this.#peek() !== ":") return false;
        this.#at++;
        name = String(parsed(key));
      }
      this.#peek();
      if (name === step) found = this.#at;
      if (this.value() === undefined) return false;
      if (this.#peek() === ",") this.#at++;
      else if (this.#peek() !== closing) return false;
    }
    if (found === undefined) return false;
    this.#at = found;
    return true;
  }

  elements(): readonly string[] {
    const found: string[] = [];
    if (this.#peek() !== "[") return found;
    this.#at++;
    while (this.#peek() !== "]") {
      const element = this.value();
      if (element === undefined) return [];
      found.push(element);
      if (this.#peek() === ",") this.#at++;
      else if (this.#peek() !== "]") return [];
    }
    return found;
  }

  /** The text of the value here, and moves behind it. */
  value(): string | undefined {
    const first = this.#peek();
    const from = this.#at;
    if (first === '"') return this.#string() ? this.#text.slice(from, this.#at) : undefined;
    if (first === "{" || first === "[")
      return this.#nested() ? this.#text.slice(from, this.#at) : undefined;
    const scalar = /[^\s,:[\]{}"]+/y;
    scalar.lastIndex = from;
    const [text] = scalar.exec(this.#text) ?? [];
    this.#at = from + (text?.length ?? 0);
    return text;
  }

  #peek(): string | undefined {
    while (SPACE.has(this.#text[this.#at] ?? "")) this.#at++;
    return this.#text[this.#at];
  }

  #string(): boolean {
    for (let quote = this.#at; ; ) {
      quote = this.#text.indexOf('"', quote + 1);
      if (quote === -1) return false;
      let escapes = 0;
      while (this.#text[quote - 1 - escapes] === "\\") escapes++;
      if (escapes % 2 === 1) continue;
      this.#at = quote + 1;
      return true;
    }
  }

  #nested(): boolean {
    let depth = 0;
    for (;;) {
      const next = this.#peek();
      if (next === undefined) return false;
      if (next === '"') {
        if (!this.#string()) return false;
        continue;
      }
      if (next === "{" || next === "[") depth++;
      if (next === "}" || next === "]") depth--;
      this.#at++;
      if (depth === 0) return true;
    }
  }
}
