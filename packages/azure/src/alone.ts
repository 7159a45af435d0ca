/** What a connection of the SDK keeps, its socket and timers for heartbeats and tokens, and the standard streams. */
const EXPECTED = new Set(["TCPSocketWrap", "TLSWrap", "Timeout", "PipeWrap", "TTYWrap"]);

/** Whether nothing but so many connections of ours, and perhaps a timer, keeps this process alive. */
export function isAlone(connections: number): boolean {
  const resources = process.getActiveResourcesInfo();
  const sockets = resources.filter((type) => type === "TCPSocketWrap").length;
  return sockets <= connections && resources.every((type) => EXPECTED.has(type));
}
