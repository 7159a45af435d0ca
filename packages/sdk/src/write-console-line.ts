/**
 * "#write-line" in workerd, whose process, where it has one, puts "stderr: " before what is written to stderr: a line of
 * JSON would be none any more, and a service that keeps logs by their fields could not read it.
 */
export function writeLine(line: string): void {
  // biome-ignore lint/suspicious/noConsole: there is nothing else
  console.error(line);
}
