/** A message's state as it is read. */
export const STATE_TEXT: Readonly<Record<string, string>> = {
  ready: "ready",
  delayed: "delayed",
  inFlight: "in flight",
  dead: "dead",
  over: "over",
};
