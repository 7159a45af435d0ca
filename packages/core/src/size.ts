/** A memory size as people write it: "512MiB", "2GiB". */
export type Size = `${number}${"KiB" | "MiB" | "GiB"}`;

const unitBytes = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** The bytes, or undefined where the value is not a size. */
export function readSize(value: unknown): number | undefined {
  const match =
    typeof value === "string" ? /^(\d+(?:\.\d+)?)(KiB|MiB|GiB)$/.exec(value) : undefined;
  const [, amount, unit] = match ?? [];
  // The pattern admits no other unit.
  const bytes = Number(amount) * unitBytes[unit as keyof typeof unitBytes];
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}
