import { AlienError, type Duration } from "@alienplatform/core";

/** "2h", or a time: of this machine's zone unless it names one. */
export function readUntil(given: string): Duration | Date {
  if (/^[\d.]+[a-z]+$/.test(given)) return given as Duration; // pause() checks it
  // JavaScript takes a date alone for UTC, and one with a time for this machine's zone.
  const at = new Date(/^\d{4}-\d\d-\d\d$/.test(given) ? `${given}T00:00` : given);
  if (!Number.isNaN(at.getTime())) return at;
  throw new AlienError("OPTION_INVALID", `"${given}" is neither a duration nor a time`, {
    fix: 'Write it as "30m", "2h", "2030-01-31T18:00" (this machine\'s time) or "2030-01-31T18:00Z".',
  });
}
