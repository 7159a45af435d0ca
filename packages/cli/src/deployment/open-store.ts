import { join, resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import { fileStateStore, type StateStore } from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import { openRemoteStore, remoteSchemes } from "./platforms.ts";
import type { StageOptions } from "./stage-options.ts";

/** Where the state of a stage is: --state, else ALIEN_STATE, else beside alien.ts. Each stage has a place of its own in it. */
export async function openStore(
  { directory, environment }: Context,
  { state = environment.ALIEN_STATE, stage }: StageOptions,
  { stackDirectory, stack, platform }: StatePlace,
): Promise<StateStore> {
  if (state === undefined || state === "") {
    return fileStateStore(join(stackDirectory, ".alien", "state", `${platform}-${stage}`));
  }
  if (!/^[a-z0-9]+:\/\//i.test(state)) {
    return fileStateStore(join(resolve(directory, state), stack, `${platform}-${stage}`));
  }
  const url = within(state, `${stack}/${platform}-${stage}.json`);
  const store = await openRemoteStore(url, environment);
  if (store !== undefined) return store;
  throw new AlienError("OPTION_INVALID", `no state can be kept in ${state}`, {
    fix: `Use a folder, or a URL that begins with ${orOf(remoteSchemes)}.`,
  });
}

/** "a, b or c" */
function orOf(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " or $1");
}

/** A URL with more of a path; its parameters stay its last part. */
function within(url: string, path: string): string {
  const [, place = url, parameters = ""] = /^([^?]*?)\/*(\?.*)?$/.exec(url) ?? [];
  return `${place}/${path}${parameters}`;
}

interface StatePlace {
  readonly stackDirectory: string;
  /** The stack's name. */
  readonly stack: string;
  readonly platform: string;
}
