/** One line to stderr. A runtime without a process has a console, which shows what a process writes there. */
export function writeLine(line: string): void {
  const write = globalThis.process?.stderr?.write;
  if (write !== undefined) Reflect.apply(write, process.stderr, [`${line}\n`]);
  // biome-ignore lint/suspicious/noConsole: there is nothing else
  else console.error(line);
}
