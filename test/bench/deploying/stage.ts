import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { platform as aws } from "@alienplatform/aws/deploy";
import { systemClock } from "@alienplatform/bindings";
import { Function as AlienFunction, Queue, Stack, type StackData } from "@alienplatform/core";
import {
  type ApplyEvent,
  applyPlan,
  type Cloud,
  type DeployPlatform,
  type FunctionCode,
  MemoryStateStore,
  observe,
  type Plan,
  plan,
  readState,
  type State,
} from "@alienplatform/deploy";
import { zipSync } from "fflate";

const { signal } = new AbortController();

/** So many queues, and functions that each handle one of them and send to the next. */
export function stackOf(name: string, queues: number, functions: number): StackData {
  const stack = new Stack(name);
  const made = Array.from({ length: queues }, (_, index) => new Queue(`queue-${index}`).build());
  for (const queue of made) stack.add(queue);
  for (let index = 0; index < functions; index++) {
    const [from, to] = [made[index], made[(index + 1) % queues]];
    if (from === undefined || to === undefined) throw new TypeError("more functions than queues");
    stack.add(new AlienFunction(`worker-${index}`).trigger(from).link(to).build());
  }
  return stack.build();
}

/** One stage as a deploy has it, with one zip file for all functions. */
export class Stage {
  readonly store = new MemoryStateStore();
  readonly #stack: StackData;
  readonly #cloud: Cloud;
  readonly #directory: string;
  readonly #sha256: string;
  readonly #code: FunctionCode;
  readonly #platform: DeployPlatform;

  constructor(stack: StackData, cloud: Cloud, directory: string, platform: DeployPlatform = aws) {
    const bytes = zipSync({ "index.mjs": new TextEncoder().encode("export default 1") });
    this.#sha256 = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(directory, "code.zip"), bytes);
    const code = { sha256: this.#sha256, bytes: bytes.length };
    this.#stack = stack;
    this.#platform = platform;
    this.#cloud = cloud;
    this.#directory = directory;
    this.#code = Object.fromEntries(stack.resources.map(({ id }) => [id, code]));
  }

  /** Plans, and applies; answers the plan. */
  async deploy(cloud = this.#cloud, onEvent?: (event: ApplyEvent) => void): Promise<Plan> {
    const { place, controllers } = cloud;
    const lowered = this.#platform.lower(this.#stack, place, this.#code);
    const state = await this.state();
    const reads = await observe(lowered.parts, state, cloud, { clock: systemClock, signal });
    const artifacts = { [this.#sha256]: "code.zip" };
    const made = plan({ lowered, place, controllers, state, reads, artifacts });
    const { failed, because } = await applyPlan(made, {
      cloud,
      store: this.store,
      directory: this.#directory,
      owner: "a bench",
      clock: systemClock,
      signal,
      ...(onEvent === undefined ? {} : { onEvent }),
    });
    const error = failed[0]?.error ?? because;
    if (error !== undefined) throw error;
    return made;
  }

  async state(): Promise<State | undefined> {
    return (await readState(this.store, signal))?.state;
  }
}
