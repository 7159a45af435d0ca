/** Of the frames below; both ends must speak the same. */
export const PROTOCOL_VERSION = 3;

/** The first byte of a frame after its length. Requests come from the process that does not own the store. */
export const Operation = {
  /** u32 version, text session, f64 first request number, u32 process id, f64 its start, u8 1 for what has to survive the power; answered by Welcome. */
  Hello: 1,
  Send: 2,
  /** Starts with f64 waitMs, so that a repeated take can wait for what remains. */
  Take: 3,
  Settle: 4,
  Extend: 5,
  /** Text method and JSON arguments: everything that is rare. */
  Call: 6,
  /** Ends the wait of the take or the call with this request id. */
  Cancel: 7,
  Ping: 8,
  /** Nothing more comes; what is on loan stays on loan. Answered in kind. */
  Goodbye: 9,
  /** u32 version, f64 term, u32 process id. */
  Welcome: 64,
  Reply: 65,
  /** More of a reply that does not fit into one frame; Reply brings the last piece. */
  Part: 66,
  /** An error in place of a reply; with request id 0 it is the connection's and the last frame. */
  Failed: 67,
  Pong: 68,
} as const;

/** The methods of LocalQueues that travel as JSON. */
export const CALLS = ["declare", "list", "call"] as const;

export type CallMethod = (typeof CALLS)[number];
