/** The form of dates that senders must write; RFC 9110, section 5.6.7. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * The milliseconds that a Retry-After header asks for, at most `longestMs`. Undefined where it is missing or
 * unreadable, and where it asks for no wait at all: then the queue's backoff says when.
 */
export function retryAfter(
  header: string | null,
  nowMs: number,
  longestMs: number,
): number | undefined {
  const delayMs = asked(header?.trim() ?? "", nowMs);
  return delayMs === undefined || delayMs <= 0 ? undefined : Math.min(delayMs, longestMs);
}

function asked(text: string, nowMs: number): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  if (!HTTP_DATE.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - nowMs;
}
