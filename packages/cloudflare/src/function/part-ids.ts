/** The address of a function among the parts. */
export function functionPartId(id: string): string {
  return `function/${id}`;
}

/** The address of a secret among the parts. */
export function secretPartId(variable: string): string {
  return `secret/${variable}`;
}
