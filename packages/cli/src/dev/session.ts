import { join } from "node:path";
import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError, type FunctionResource } from "@alienplatform/core";
import { type LoadedStack, loadStack } from "@alienplatform/deploy";
import { reportOf } from "../print/error.ts";
import { type Environment, environmentFiles, sharedEnvironment } from "./environment.ts";
import type { Ready } from "./event.ts";
import type { Ports } from "./ports.ts";
import type { Report } from "./reporter.ts";
import { type Declared, SupervisedFunction } from "./supervised-function.ts";
import { Watcher } from "./watcher.ts";

/** What a session stands on. */
export interface SessionOptions {
  readonly report: Report;
  readonly ports: Ports;
  /** The environment of dev itself. */
  readonly environment: NodeJS.ProcessEnv;
  /** When the stack's files were read, milliseconds since the epoch. */
  readonly loadedAt: number;
  /** Gets what alien.ts prints while it loads. */
  readonly print: (text: string) => void;
  /** Checks the stack against what this machine can do, and makes its queues known to the store. */
  declare(stack: LoadedStack): Promise<readonly QueueBinding[]>;
}

/** A stack that runs: its functions, and the watcher that replaces what changes. */
export class Session {
  readonly #options: SessionOptions;
  readonly #functions = new Map<string, SupervisedFunction>();
  /** What each function was last started from, to see what a reload changes. */
  readonly #signatures = new Map<string, string>();
  readonly #watcher: Watcher;
  #stack: LoadedStack;
  #shared: Environment = {};
  /** Where alien.ts could not be loaded, in case that is none of its files so far. */
  #suspects: readonly string[] = [];
  /** Files of alien.ts that have changed since it could last be loaded: functions get them once it can. */
  #held: ReadonlySet<string> = new Set();
  #work: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(stack: LoadedStack, options: SessionOptions) {
    this.#stack = stack;
    this.#options = options;
    this.#watcher = new Watcher((files) => this.#changed(files));
  }

  /** What every program beside the functions gets. */
  get environment(): Environment {
    return this.#shared;
  }

  /** Resolves when every function runs or has said why it does not. */
  async start(): Promise<Pick<Ready, "stack" | "queues" | "functions">> {
    await this.#apply(this.#stack);
    this.#watch(this.#options.loadedAt);
    return this.#summary();
  }

  /** Lets handlers finish. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#watcher.close();
    await this.#stopFunctions();
    // A reload that was under way may have started another.
    await this.#work;
    await this.#stopFunctions();
  }

  kill(): void {
    for (const each of this.#functions.values()) each.kill();
  }

  async #stopFunctions(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
  }

  #changed(files: ReadonlySet<string>): void {
    this.#work = this.#work.then(async () => {
      if (this.#stopping) return;
      const readAt = Date.now();
      const before = new Map(this.#signatures);
      const ofStack = this.#ofStack().filter((file) => files.has(file) || this.#held.has(file));
      const touched = ofStack.some((file) => files.has(file));
      const loads = touched ? await this.#reload() : ofStack.length === 0;
      // What keeps alien.ts from loading is said once, not again by every function that imports it.
      this.#held = new Set(loads ? [] : ofStack);
      const ready = new Set([...files, ...ofStack].filter((file) => !this.#held.has(file)));
      // Those that the new declaration has replaced are built from the new files already.
      const others = [...this.#functions.values()].filter(
        ({ id }) => before.get(id) === this.#signatures.get(id),
      );
      const replacements = others.map((each) => {
        const changed = each.inputs.filter((file) => ready.has(file));
        return changed.length === 0 ? undefined : each.replace(changed);
      });
      await Promise.all(replacements);
      this.#watch(readAt);
    });
  }

  /** Answers whether alien.ts could be loaded; why not has been reported. */
  async #reload(): Promise<boolean> {
    const { report, print } = this.#options;
    const before = idsOf(this.#stack);
    try {
      const stack = await loadStack(this.#stack.file, { print });
      await this.#apply(stack);
      this.#suspects = [];
      const now = idsOf(stack);
      report({
        type: "stackReloaded",
        added: now.filter((id) => !before.includes(id)),
        removed: before.filter((id) => !now.includes(id)),
      });
      return true;
    } catch (error) {
      if (!(error instanceof AlienError)) throw error;
      const { file } = error.details;
      this.#suspects = typeof file === "string" ? [file] : [];
      report({ type: "problem", error: reportOf(error) });
      return false;
    }
  }

  /** Makes what runs be what the stack says: starts, replaces and stops functions. */
  async #apply(stack: LoadedStack): Promise<void> {
    const bindings = await this.#options.declare(stack);
    this.#shared = await sharedEnvironment(stack.directory, this.#options.environment, bindings);
    this.#stack = stack;
    const wanted = await Promise.all(functionsOf(stack).map((each) => this.#declared(each)));
    const ids = wanted.map((declared) => declared.function.id);
    const gone = [...this.#functions].filter(([id]) => !ids.includes(id));
    for (const [id] of gone) {
      this.#functions.delete(id);
      this.#signatures.delete(id);
    }
    await Promise.all([
      ...gone.map(([, each]) => each.stop()),
      ...wanted.map((declared) => this.#run(declared)),
    ]);
  }

  async #run(declared: Declared): Promise<void> {
    const { id } = declared.function;
    const signature = JSON.stringify([
      declared.function,
      declared.environment,
      declared.stack.schemas,
    ]);
    if (this.#signatures.get(id) === signature) return;
    this.#signatures.set(id, signature);
    const present = this.#functions.get(id);
    if (present !== undefined) return present.replace([], declared);
    const started = new SupervisedFunction(declared, this.#options.report);
    this.#functions.set(id, started);
    await started.start();
  }

  async #declared(resource: FunctionResource): Promise<Declared> {
    const { id, triggers, timeoutMs, http, environment, secrets } = resource;
    for (const name of secrets.filter((secret) => this.#shared[secret] === undefined)) {
      const text = `function ${id} wants the secret ${name}: put it into .env.local`;
      this.#options.report({ type: "warning", text });
    }
    const port = http ? await this.#options.ports.of(id) : undefined;
    const description = {
      id,
      triggers,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(port === undefined ? {} : { http: { port } }),
    };
    return {
      stack: this.#stack,
      function: resource,
      environment: {
        ...this.#shared,
        ...environment,
        ALIEN_FUNCTION: JSON.stringify(description),
      },
    };
  }

  async #summary(): Promise<Pick<Ready, "stack" | "queues" | "functions">> {
    const { name, resources } = this.#stack.stack;
    const functions = functionsOf(this.#stack).map(async ({ id, triggers, http }) => ({
      id,
      queues: triggers.map(({ queue }) => queue),
      running: this.#functions.get(id)?.running === true,
      ...(http ? { url: `http://localhost:${await this.#options.ports.of(id)}` } : {}),
    }));
    return {
      stack: name,
      queues: resources.filter(({ type }) => type === "queue").map(({ id }) => id),
      functions: await Promise.all(functions),
    };
  }

  #watch(readAt: number): void {
    const functions = [...this.#functions.values()].flatMap(({ inputs }) => inputs);
    this.#watcher.files([...this.#ofStack(), ...functions], readAt);
  }

  #ofStack(): readonly string[] {
    const { directory, inputs } = this.#stack;
    const variables = environmentFiles.map((name) => join(directory, name));
    return [...inputs, ...variables, ...this.#suspects];
  }
}

function functionsOf({ stack }: LoadedStack): readonly FunctionResource[] {
  return stack.resources.filter((resource) => resource.type === "function");
}

function idsOf({ stack }: LoadedStack): readonly string[] {
  return stack.resources.map(({ id }) => id);
}
