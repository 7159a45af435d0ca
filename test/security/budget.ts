/** How much of a campaign is run: so many, or as many as fit into a time. */
export type Budget = { readonly count: number } | { readonly ms: number };

/** Whether one more is to be run. */
export function spending(budget: Budget): (done: number) => boolean {
  if ("count" in budget) return (done) => done < budget.count;
  const end = performance.now() + budget.ms;
  return () => performance.now() < end;
}

/** What one campaign of `npm run security` gives. */
export interface Row {
  readonly area: string;
  readonly done: string;
  readonly violations: readonly string[];
}
