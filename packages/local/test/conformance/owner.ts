import { Election } from "../../src/share/election.ts";
import { openEngine } from "./engine-world.ts";

/** What the tests' process asks of the one that owns its stores. */
export type Request =
  | { readonly number: number; readonly kind: "open" | "close"; readonly directory: string }
  | {
      readonly number: number;
      readonly kind: "advance";
      readonly directory: string;
      readonly byMs: number;
    };

export interface Answer {
  readonly number: number;
  /** The owner's clock. */
  readonly now: number;
  readonly error?: string;
}

interface Owned {
  readonly clock: Awaited<ReturnType<typeof openEngine>>["clock"];
  readonly election: Election;
}

const stores = new Map<string, Owned>();

process.on("message", (request: Request) => {
  answer(request).then(
    (now) => process.send?.({ number: request.number, now } satisfies Answer),
    (error) => {
      const text = error instanceof Error ? error.stack : String(error);
      process.send?.({ number: request.number, now: 0, error: text ?? "" } satisfies Answer);
    },
  );
});

async function answer(request: Request): Promise<number> {
  const { directory } = request;
  if (request.kind === "open") {
    const { engine, clock } = await openEngine(directory);
    const election = new Election({
      directory,
      patienceMs: 10_000,
      durability: "process",
      open: async () => engine,
    });
    // Whoever asks first becomes the owner and serves the socket.
    await election.queues().list();
    stores.set(directory, { clock, election });
    return clock.now();
  }
  const store = stores.get(directory);
  if (store === undefined) throw new Error(`${directory} is not open`);
  if (request.kind === "advance") await store.clock.advance(request.byMs);
  else {
    stores.delete(directory);
    await store.election.leave();
  }
  return store.clock.now();
}
