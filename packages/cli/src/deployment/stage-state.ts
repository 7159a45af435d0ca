import { AlienError } from "@alienplatform/core";
import { readState, type State, type StateStore } from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import { stackAround } from "../stack.ts";
import { openStore } from "./open-store.ts";
import { platformOf, type StageOptions } from "./stage-options.ts";

/** A stage as its state has it; the vendor is not asked. */
export interface DeployedStage {
  readonly store: StateStore;
  readonly state: State;
}

/** Reads the state of a stage; STAGE_NOT_FOUND where there is none. The store is to be closed. */
export async function openStage(context: Context, options: StageOptions): Promise<DeployedStage> {
  const stack = await stackAround(context);
  const platform = platformOf(options.platform, stack.stack);
  const store = await openStore(context, options, {
    stackDirectory: stack.directory,
    stack: stack.stack.name,
    platform,
  });
  try {
    const read = await readState(store, new AbortController().signal);
    return { store, state: deployed(read?.state, store, { platform, stage: options.stage }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The state, or STAGE_NOT_FOUND, which says how to deploy the stage. */
export function deployed(
  state: State | undefined,
  { url }: Pick<StateStore, "url">,
  { platform, stage }: { readonly platform: string; readonly stage: string },
): State {
  if (state !== undefined) return state;
  const text = `there is no stage "${stage}" on ${platform} in ${url}`;
  throw new AlienError("STAGE_NOT_FOUND", text, {
    fix: `Deploy it: alien deploy --platform ${platform} --stage ${stage}; or say where its state is: --state <url>.`,
    details: { stage, platform },
  });
}
