import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Place } from "../place.ts";

/** This machine: the durable queue of `alien dev`. */
export const local: Place = {
  name: "the local queue",
  async open(_options, atEnd) {
    const directory = await mkdtemp(join(tmpdir(), "alien-same-code-"));
    atEnd(() => rm(directory, { recursive: true, force: true }));
    return { binding: { platform: "local", address: { directory } } };
  },
};
