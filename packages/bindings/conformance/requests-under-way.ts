import { channel } from "node:diagnostics_channel";

const under = new Set<unknown>();
let seen = 0;

function listen(name: string, heard: (request: unknown) => void): void {
  channel(name).subscribe((message) => heard((message as { request: unknown }).request)); // as node documents them
}

listen("undici:request:create", (request) => {
  under.add(request);
  seen++;
});
listen("undici:request:trailers", (request) => under.delete(request));
listen("undici:request:error", (request) => under.delete(request));

/** Turns of the event loop from a call of fetch to its request, and from an answer to what follows from it. */
const TURNS = 25;

/** Resolves when no request of this process is under way, and none has begun for some turns of the event loop. */
export async function noRequests(): Promise<void> {
  for (let quiet = 0; quiet < TURNS; quiet++) {
    const before = seen;
    await new Promise((resolve) => setImmediate(resolve));
    if (under.size > 0 || seen !== before) quiet = 0;
  }
}
