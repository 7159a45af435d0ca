// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text from a message or a handler made safe to print: no escape sequence of it reaches the terminal. */
export function visible(text: string): string {
  return text.replace(
    CONTROL,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** The same on one line and cut to a length. */
export function visibleLine(text: string, length: number): string {
  const line = visible(text.replace(/\s*\n\s*/g, " "));
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
