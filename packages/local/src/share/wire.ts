import type { Socket } from "node:net";

/** The way out of a connection: a socket, or the other half of this very process. */
export interface Wire {
  /** Takes whole frames, in order. */
  write(frames: readonly Buffer[]): void;
  /** Closes after what was written has left, whatever the other end still writes. */
  end(): void;
}

/** A wire over a socket. */
export function socketWire(socket: Socket): Wire {
  return {
    write(frames) {
      socket.cork();
      for (const frame of frames) socket.write(frame);
      socket.uncork();
    },
    end() {
      socket.destroySoon();
    },
  };
}
