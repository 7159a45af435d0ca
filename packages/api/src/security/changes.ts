/** Whether a method may change something; no GET does. */
export function changes(method: string): boolean {
  return method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
}
