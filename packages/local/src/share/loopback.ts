import type { OwnedQueues } from "./owned.ts";
import type { OwnerLink } from "./owner-link.ts";
import { ServedProcess } from "./served-process.ts";

/**
 * This process has become the owner itself: what it asked before is answered here, by the very code that
 * answers others, so that a repeated request is told from a new one in one place only.
 */
export function loopBack(link: OwnerLink, queues: OwnedQueues): ServedProcess {
  const served = new ServedProcess(queues, {
    write: (frames) => {
      for (const frame of frames) link.receive(frame);
    },
    end: () => link.detach(),
  });
  link.attach({
    write: (frames) => {
      for (const frame of frames) served.receive(frame);
    },
    end: () => undefined,
  });
  return served;
}
