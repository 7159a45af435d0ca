import { now } from "../data/now.ts";
import { times } from "../data/settings.ts";
import { span } from "./format.ts";

/** A time as it is read: how long ago, with the clock's in its title, or the other way round. */
export function Time({ at }: { readonly at: string | undefined }) {
  if (at === undefined) return <span class="faint">–</span>;
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return <span>{at}</span>;
  const [shown, other] =
    times.value === "relative"
      ? [relative(ms), `${absolute(ms)} ${zoneAt(ms)}`]
      : [absolute(ms), `${relative(ms)}, by a clock at ${zoneAt(ms)}`];
  return (
    <time dateTime={at} title={other} class="number">
      {shown}
    </time>
  );
}

/** "2026-11-22 17:43:44.120", in the reader's zone. */
export function absolute(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 23).replace("T", " ");
}

/** "UTC", "UTC+1", "UTC-3:30": the reader's zone at a time. */
export function zoneAt(ms: number): string {
  const east = -new Date(ms).getTimezoneOffset();
  if (east === 0) return "UTC";
  const [hours, minutes] = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60];
  const rest = minutes === 0 ? "" : `:${String(minutes).padStart(2, "0")}`;
  return `UTC${east < 0 ? "-" : "+"}${hours}${rest}`;
}

function relative(ms: number): string {
  const passed = now.value - ms;
  if (Math.abs(passed) < 1_500) return "now";
  return passed > 0 ? `${span(passed)} ago` : `in ${span(passed)}`;
}
