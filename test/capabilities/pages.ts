/**
 * The vendor's page of a capability, as packages/<platform>/src/capabilities.ts has it in the comment above: of the
 * field itself, or of the constant that is its value. Undefined where the limit is our own.
 */
export function pageOf(source: string, value: string, field: string): string | undefined {
  const comment = commentOf(source, value, field) ?? "";
  return /https:\/\/[^\s"*]+[^\s"*.,;)]/.exec(comment)?.[0];
}

/** What that file says of a capability. */
export function commentOf(source: string, value: string, field: string): string | undefined {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => new RegExp(`\\bconst ${value}\\b`).test(line));
  if (start === -1) return undefined;
  const end = lines.findIndex((line, index) => index > start && /^\}/.test(line));
  const body = lines.slice(start, end === -1 ? undefined : end);
  const at = body.findIndex((line) => new RegExp(`^\\s*${field}:`).test(line));
  if (at === -1) {
    const spread = body.join("\n").match(/\.\.\.(?:\w+\()?(\w+)/)?.[1];
    return spread === undefined || spread === value ? undefined : commentOf(source, spread, field);
  }
  const comments = [commentAbove(lines, start + at), ...ofConstants(lines, body[at] ?? "")];
  const said = comments.filter((comment) => comment !== undefined);
  return said.length === 0 ? undefined : said.join(" ");
}

function ofConstants(lines: readonly string[], line: string): readonly (string | undefined)[] {
  return [...line.matchAll(/\b[A-Z][A-Z_]{3,}\b/g)].map(([name]) => {
    const at = lines.findIndex((one) => new RegExp(`^(export )?const ${name}\\b`).test(one));
    return at === -1 ? undefined : commentAbove(lines, at);
  });
}

function commentAbove(lines: readonly string[], at: number): string | undefined {
  const comment: string[] = [];
  for (let index = at - 1; index >= 0; index--) {
    const line = lines[index] ?? "";
    if (!/^\s*(\/\/|\/?\*)/.test(line)) break;
    comment.unshift(line);
  }
  return comment.length === 0 ? undefined : comment.join(" ");
}
