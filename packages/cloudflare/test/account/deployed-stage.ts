import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@alienplatform/bindings";
import {
  type ApplyResult,
  applyPlan,
  type Cloud,
  destroyPlan,
  type LoadedStack,
  type Lowered,
  loadStack,
  MemoryStateStore,
  observe,
  type Plan,
  packFunction,
  plan,
  readState,
} from "@alienplatform/deploy";
import { platform } from "../../src/deploy.ts";
import type { AccountServer } from "./account-server.ts";

const project = fileURLToPath(new URL("./project/", import.meta.url));
const signal = new AbortController().signal;

/** The project beside this file as a stage of a server's account, deployed as `alien deploy` does. */
export class DeployedStage {
  readonly cloud: Cloud;
  readonly #stack: LoadedStack;
  readonly #store = new MemoryStateStore();

  private constructor(stack: LoadedStack, cloud: Cloud) {
    this.#stack = stack;
    this.cloud = cloud;
  }

  static async connect(server: AccountServer, stage = "dev"): Promise<DeployedStage> {
    const stack = await loadStack(join(project, "alien.ts"));
    const { environment } = server;
    return new DeployedStage(
      stack,
      await platform.connect({ stack: stack.stack.name, stage, environment }),
    );
  }

  /** `change` stands between what the stack becomes and the plan. */
  async plan(change: (lowered: Lowered) => Lowered = (lowered) => lowered): Promise<Plan> {
    const { stack, directory } = this.#stack;
    const { place, controllers } = this.cloud;
    const packed = await Promise.all(
      stack.resources.flatMap((each) => {
        if (each.type === "queue") return [];
        const sources = platform.sources(stack, place, each.id);
        const options = { stack: this.#stack, function: each, target: platform.target, sources };
        return [packFunction(options).then((one) => ({ id: each.id, ...one }))];
      }),
    );
    const code = Object.fromEntries(packed.map(({ id, artifact }) => [id, artifact]));
    const lowered = change(platform.lower(stack, place, code));
    const state = await this.state();
    const reads = await observe(lowered.parts, state, this.cloud, { clock: systemClock, signal });
    const artifacts = Object.fromEntries(
      packed.map(({ artifact, file }) => [artifact.sha256, join(directory, file)]),
    );
    return plan({
      lowered,
      place,
      controllers,
      state,
      reads,
      adopt: [],
      allowDataLoss: [],
      artifacts,
    });
  }

  async deploy(change?: (lowered: Lowered) => Lowered): Promise<ApplyResult> {
    return this.#apply(await this.plan(change));
  }

  async destroy(): Promise<ApplyResult> {
    const { place, controllers } = this.cloud;
    const state = await this.state();
    const reads = await observe([], state, this.cloud, { clock: systemClock, signal });
    const allowDataLoss = ["mails", "invoices", "reports", "mailer"];
    return this.#apply(destroyPlan({ place, controllers, state, reads, allowDataLoss }));
  }

  async state() {
    return (await readState(this.#store, signal))?.state;
  }

  async #apply(made: Plan): Promise<ApplyResult> {
    const result = await applyPlan(made, {
      cloud: this.cloud,
      store: this.#store,
      directory: "/",
      owner: "a test",
      clock: systemClock,
      signal,
    });
    const [first] = result.failed;
    if (first !== undefined) throw first.error;
    return result;
  }
}
