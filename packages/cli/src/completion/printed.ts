/** What a function prints: @bomb.sh/tab answers with console.log alone. Not for what waits in between. */
export function printed(run: () => void): string {
  const { log } = console;
  const lines: unknown[] = [];
  console.log = (line: unknown) => void lines.push(line);
  try {
    run();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}
