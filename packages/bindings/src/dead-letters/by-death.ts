/** The order of death; of those that died in one millisecond, that of their ids. */
export function byDeath(
  a: { readonly id: string; readonly deadAt: number },
  b: { readonly id: string; readonly deadAt: number },
): number {
  return a.deadAt - b.deadAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
