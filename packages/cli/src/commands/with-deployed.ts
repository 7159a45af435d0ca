import type { State } from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import type { ConnectedOptions, Deployment } from "../deployment/deployment.ts";
import { abortOnSignal } from "../deployment/on-stop.ts";
import { refuseOtherPlace } from "../deployment/refuse-other-place.ts";

/** What a command on a deployed stage gets. */
export interface Deployed {
  readonly deployment: Deployment;
  readonly state: State;
  readonly signal: AbortSignal;
}

/** Connects to a stage that was deployed, for one command. */
export async function withDeployed(
  context: Context,
  options: ConnectedOptions,
  run: (deployed: Deployed) => Promise<void>,
): Promise<void> {
  const signal = abortOnSignal(context, "ending");
  const [{ Deployment }, { deployed }] = await Promise.all([
    import("../deployment/deployment.ts"),
    import("../deployment/stage-state.ts"),
  ]);
  const deployment = await Deployment.open(context, options, signal);
  try {
    const state = deployed(await deployment.state(), deployment.store, deployment.cloud.place);
    refuseOtherPlace(state, deployment.cloud.place);
    await run({ deployment, state, signal });
  } finally {
    await deployment.close();
  }
}
