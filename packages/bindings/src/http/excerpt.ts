const LONGEST_EXCERPT = 300;
const REDACTED = "[redacted]";

/**
 * What is kept of the body of an answer that failed: the beginning, on one line, where it is text. What we
 * sent in confidence is taken out, in case the consumer echoes it.
 */
export function excerpt(text: string, type: string | null, secrets: readonly string[]): string {
  if (type !== null && !/^(text\/|application\/([\w.-]+\+)?(json|xml)\b)/i.test(type)) return "";
  let safe = text;
  for (const secret of secrets) safe = safe.replaceAll(secret, REDACTED);
  const line = safe.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
  return line.length <= LONGEST_EXCERPT ? line : `${line.slice(0, LONGEST_EXCERPT)}…`;
}
