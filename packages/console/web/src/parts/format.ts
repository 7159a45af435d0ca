const HOUR = 3_600_000;
const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, "d"],
  [HOUR, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

/** "12 d", "2 h 59 min", "1.4 s", "250 ms": as precise as a reader wants it. */
export function span(ms: number): string {
  const size = Math.abs(ms);
  for (const [index, [unit, name]] of UNITS.entries()) {
    if (size < unit) continue;
    const value = size / unit;
    const [smaller = 1, rest = ""] = UNITS[index + 1] ?? [];
    const more = Math.floor((size % unit) / smaller);
    // Of few hours or days the part that is cut off would be a large one.
    if (value < 10 && unit >= HOUR && more > 0)
      return `${Math.floor(value)} ${name} ${more} ${rest}`;
    return `${value < 10 && unit === 1_000 ? trimmed(value, 1) : Math.floor(value)} ${name}`;
  }
  return `${Math.round(size)} ms`;
}

/** "12,345". */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "0", "0.4", "12", "1.2k": messages per second in the room of a table's cell. */
export function rate(value: number): string {
  if (value === 0) return "0";
  if (value < 0.05) return "<0.1";
  if (value < 10) return trimmed(value, 1);
  if (value < 1_000) return String(Math.round(value));
  return `${trimmed(value / 1_000, 1)}k`;
}

/** "1 message", "12 messages". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A text in one line that is at most so long. */
export function shortened(text: string, most: number): string {
  const line = text.slice(0, most * 2).replaceAll(/\s+/g, " ");
  return line.length <= most && text.length <= most * 2 ? line : `${line.slice(0, most - 1)}…`;
}

function trimmed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, "");
}
