const UNITS = [
  ["D", 86_400],
  ["H", 3_600],
  ["M", 60],
  ["S", 1],
] as const;

/** "P4DT30S", as Azure writes durations; of whole seconds. */
export function isoDuration(seconds: number): string {
  let left = seconds;
  let [days, time] = ["", ""];
  for (const [letter, length] of UNITS) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count === 0) continue;
    if (letter === "D") days = `${count}D`;
    else time += `${count}${letter}`;
  }
  return days === "" && time === "" ? "PT0S" : `P${days}${time === "" ? "" : `T${time}`}`;
}

/** Seconds; undefined where it is none. Azure's longest, for "never", is a duration too. */
export function secondsOf(duration: unknown): number | undefined {
  const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
  const [, ...counts] = pattern.exec(String(duration)) ?? [];
  if (counts.length === 0) return undefined;
  return UNITS.reduce((sum, [, length], index) => sum + Number(counts[index] ?? 0) * length, 0);
}
