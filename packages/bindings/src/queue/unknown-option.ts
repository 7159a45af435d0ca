import { AlienError, nearest } from "@alienplatform/core";

/** Throws OPTION_INVALID where an option is not one of the call's: a mistyped limit or filter would mean everything. */
export function refuseUnknown(call: string, given: object, known: readonly string[]): void {
  for (const key in given) if (!known.includes(key)) throw unknownOption(call, key, known);
}

/** The error for an option that a call does not have. */
export function unknownOption(call: string, key: string, known: readonly string[]): AlienError {
  const [meant] = nearest(key, known);
  return new AlienError("OPTION_INVALID", `${call} has no option "${key}"`, {
    fix: meant === undefined ? `The options are ${known.join(", ")}.` : `Write "${meant}".`,
    details: { option: key },
  });
}
