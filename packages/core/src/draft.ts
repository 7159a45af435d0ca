import { readDuration } from "./duration.ts";
import { isId, toId } from "./id.ts";
import { nearest } from "./nearest.ts";
import { type Problem, problemsError } from "./problem.ts";

/** What every builder has: its options until build(), the checks, and the seal after it. */
export class Draft<Options extends object> {
  readonly #noun: string;
  readonly #id: unknown;
  readonly #options: Partial<Options> = {};
  #problems: Problem[] = [];
  #sealed = false;

  constructor(noun: string, id: unknown) {
    this.#noun = noun;
    this.#id = id;
  }

  get options(): Readonly<Partial<Options>> {
    return this.#options;
  }

  set(change: Partial<Options>): void {
    this.assertOpen();
    Object.assign(this.#options, change);
  }

  /** What was built is shared with the stack by then, so a later change would go unseen. */
  assertOpen(): void {
    if (!this.#sealed) return;
    throw new TypeError(
      `${this.name} was built already; call its options before build(), and build() once`,
    );
  }

  /** Throws what was found, else closes the builder. */
  seal(code: "DECLARATION_INVALID" | "STACK_INVALID"): void {
    const problems = this.#problems;
    this.#problems = [];
    if (problems.length > 0) throw problemsError(code, this.name, problems);
    this.#sealed = true;
  }

  report(path: string, problem: string, fix: string): void {
    this.#problems.push({ path, problem, fix });
  }

  get name(): string {
    return `${this.#noun}(${JSON.stringify(this.#id)})`;
  }

  /** The id; checked here so that each builder says the same. */
  id(): string {
    if (isId(this.#id)) return this.#id;
    const shown = JSON.stringify(this.#id);
    const legal = typeof this.#id === "string" ? toId(this.#id) : "";
    this.report(
      "id",
      `the id ${shown} is not 1 to 64 characters of A-Z, a-z, 0-9, "-" and "_"`,
      legal === "" ? `Give it an id like "tasks".` : `Use ${JSON.stringify(legal)}.`,
    );
    return "";
  }

  /** Options that do not exist are reported: what is mistyped would silently keep its default. */
  known(path: string, options: object, names: readonly string[]): void {
    for (const name of Object.keys(options).filter((each) => !names.includes(each))) {
      const [meant] = nearest(name, names);
      this.report(
        `${path}.${name}`,
        `${path} has no option "${name}"`,
        meant === undefined ? `The options are ${names.join(", ")}.` : `Write "${meant}".`,
      );
    }
  }

  /** A whole number within the range. */
  integer(path: string, value: number, min: number, max: number): number {
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    const range =
      max === Number.MAX_SAFE_INTEGER
        ? `a whole number of at least ${min}`
        : `a whole number from ${min} to ${max}`;
    this.report(path, `${path} is ${show(value)}, not ${range}`, `Use ${range}.`);
    return min;
  }

  /** A duration within the range, in milliseconds. */
  duration(path: string, value: string, min: string, max: string): number {
    const ms = readDuration(value);
    if (typeof ms !== "number") {
      this.report(path, `${path}: ${ms.problem}`, ms.fix);
      return Number.NaN;
    }
    const [least, most] = [readDuration(min), readDuration(max)];
    if (ms < Number(least) || ms > Number(most)) {
      this.report(
        path,
        `${path} is "${value}", not within "${min}" to "${max}"`,
        `Use a duration from "${min}" to "${max}".`,
      );
    }
    return ms;
  }

  /** One of a few words. */
  choice<Word extends string>(path: string, value: Word, words: readonly Word[]): Word {
    if (!words.includes(value)) {
      const list = words.map((word) => `"${word}"`).join(" or ");
      this.report(path, `${path} is ${show(value)}, not ${list}`, `Use ${list}.`);
    }
    return value;
  }
}

/** A value as the author wrote it, short enough for a message. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
