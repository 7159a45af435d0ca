/** A name that TypeScript accepts for a queue's. */
export function variableOf(queue: string): string {
  const name = queue.replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase());
  // Alone it would be the name of the function that finds it.
  if (name === "queue") return "theQueue";
  return /^[A-Za-z]/.test(name) ? name : `q${name}`;
}
