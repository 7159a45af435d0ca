import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";
import { describe, expect, it } from "vitest";
import {
  runStateStoreCase,
  type StateStoreWorld,
  stateStoreCases,
  stateStoreConformance,
} from "../../conformance/index.ts";
import { fileStateStore, type StateStore, type StoredState } from "../../src/index.ts";

const runner = { describe, it };

stateStoreConformance({ name: "memory", open: async () => memoryWorld(), runner });

stateStoreConformance({
  name: "a folder",
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "alien-states-"));
    const removed = () => rm(folder, { recursive: true, force: true });
    const open = () => fileStateStore(join(folder, "shop-dev"));
    return { open, remove: removed, close: removed };
  },
  runner,
});

/** What a mutant does wrong: how it writes over what is there. */
type Write = (
  place: Place,
  text: string,
  replaced: string | undefined,
) => Promise<string | undefined>;

interface Place {
  stored: StoredState | undefined;
  writes: number;
  losing: number;
}

const mutants: Readonly<
  Record<string, Partial<{ write: Write; read(place: Place): StoredState | undefined }>>
> = {
  "writes whatever was replaced": { write: async (place, text) => put(place, text) },
  "takes a first write where there is something": {
    write: async (place, text, replaced) =>
      replaced === undefined || replaced === place.stored?.version ? put(place, text) : undefined,
  },
  "writes what is to replace something that is gone": {
    write: async (place, text, replaced) =>
      place.stored === undefined || replaced === place.stored.version
        ? put(place, text)
        : undefined,
  },
  "looks, and then writes": {
    write: async (place, text, replaced) => {
      if (place.stored?.version !== replaced) return undefined;
      await new Promise(setImmediate);
      return put(place, text);
    },
  },
  "refuses every write": { write: async () => undefined },
  "answers a version of its own making": {
    write: async (place, text, replaced) =>
      (await correct(place, text, replaced)) === undefined ? undefined : "1",
  },
  "repeats a write whose answer was lost": {
    write: async (place, text, replaced) => {
      try {
        return await correct(place, text, replaced);
      } catch {
        return correct(place, text, replaced);
      }
    },
  },
  "takes a lost answer for another's write": {
    write: (place, text, replaced) => correct(place, text, replaced).catch(() => undefined),
  },
  "has an end of file of its own": {
    read: ({ stored }) => stored && { ...stored, text: stored.text.trimEnd() },
  },
  "knows small letters only": {
    read: ({ stored }) =>
      stored && { ...stored, text: Buffer.from(stored.text, "latin1").toString("latin1") },
  },
  "takes an empty text for nothing": {
    read: ({ stored }) => (stored?.text === "" ? undefined : stored),
  },
};

for (const [name, mutate] of Object.entries(mutants)) {
  it(`the suite catches a store that ${name}`, async () => {
    expect(await broken(mutate)).toBeDefined();
  });
}

it("the mutants' original keeps every sentence", async () => {
  expect(await broken({})).toBeUndefined();
});

/** The first sentence that a store breaks: a broken one may keep the next ones waiting for ever. */
async function broken(mutate: (typeof mutants)[string]): Promise<string | undefined> {
  for (const one of stateStoreCases) {
    try {
      await runStateStoreCase(one, async () => memoryWorld(mutate));
    } catch (error) {
      return `${one.name}: ${String(error)}`;
    }
  }
  return undefined;
}

function memoryWorld({
  write = correct,
  read = ({ stored }) => stored,
}: (typeof mutants)[string] = {}): StateStoreWorld {
  const place: Place = { stored: undefined, writes: 0, losing: 0 };
  return {
    open: (): StateStore => ({
      url: "memory:",
      read: async () => read(place),
      write: (text, replaced) => write(place, text, replaced),
      close: async () => undefined,
    }),
    remove: async () => {
      place.stored = undefined;
    },
    loseAnswer: () => {
      place.losing += 1;
    },
    close: async () => undefined,
  };
}

async function correct(place: Place, text: string, replaced: string | undefined) {
  return place.stored?.version === replaced ? put(place, text) : undefined;
}

function put(place: Place, text: string): string {
  const version = String(++place.writes);
  place.stored = { text, version };
  if (place.losing === 0) return version;
  place.losing -= 1;
  throw new AlienError("SERVICE_UNAVAILABLE", "the answer is lost", { retryable: true });
}
