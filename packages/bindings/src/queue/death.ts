import type { Death, Failure } from "./driver.ts";

const LONGEST_MESSAGE = 1_024;

/** What is told of a failure to whoever handles the dead letter. */
export function deathOf(death: Omit<Death, "error">, { code, message }: Failure): Death {
  const short =
    message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`;
  return { ...death, error: { code: code.slice(0, LONGEST_MESSAGE), message: short } };
}
