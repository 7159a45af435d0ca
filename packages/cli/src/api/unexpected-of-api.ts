/** What a terminal shows of an error behind a 500 of the API. */
export function unexpectedOfApi(text: string): string {
  return `the HTTP API failed where nobody expected it; please report this: ${text}`;
}
