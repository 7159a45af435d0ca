/** Of a Worker below the account. */
export function pathOf(worker: string): string {
  return `/workers/scripts/${encodeURIComponent(worker)}`;
}
