import { relative } from "node:path";
import type { QueueBinding, QueueControl } from "@alienplatform/bindings";
import { AlienError, type EndpointResource, type FunctionResource } from "@alienplatform/core";
import { type LoadedStack, loadStack } from "@alienplatform/deploy";
import { unknownConsumer } from "../consumers.ts";
import { reportOf, whileBeforeGoesOn } from "../print/error.ts";
import { type Controlled, Controls } from "./controls.ts";
import { type Environment, EnvironmentFiles, overruled, sharedEnvironment } from "./environment.ts";
import type { Ports } from "./ports.ts";
import { ReportOnce } from "./report-once.ts";
import type { Report } from "./reporter.ts";
import { routesOf } from "./routes.ts";
import { endpointsOf, functionsOf, hasHttpConsumer } from "./stack-consumers.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { type Declared, SupervisedFunction } from "./supervised-function.ts";
import { Watcher } from "./watcher.ts";

/** What a session stands on. */
export interface SessionOptions {
  readonly report: Report;
  readonly ports: Ports;
  /** The environment of dev itself. */
  readonly environment: NodeJS.ProcessEnv;
  /** Files of variables beside those of the project, absolute; a later one wins. */
  readonly environmentFiles: readonly string[];
  /** When the stack's files were read, milliseconds since the epoch. */
  readonly loadedAt: number;
  /** Gets what alien.ts prints while it loads. */
  readonly print: (text: string) => void;
  /** Checks the stack against what this machine can do, and makes its queues known to the store. */
  declare(stack: LoadedStack): Promise<readonly QueueBinding[]>;
  /** Where to hear what operators decide about a queue. */
  operate(queue: string): Controlled;
  /** What requests to HTTP consumers are signed with; asked for by stacks that have some. */
  signingSecret(): Promise<string>;
}

/** A stack that runs: its functions, and the watcher that replaces what changes. */
export class Session {
  readonly #options: SessionOptions;
  readonly #functions = new Map<string, SupervisedFunction>();
  /** What each function was last started from, to see what a reload changes. */
  readonly #signatures = new Map<string, string>();
  readonly #watcher: Watcher;
  readonly #controls: Controls;
  readonly #variables: EnvironmentFiles;
  readonly #once: ReportOnce;
  #stack: LoadedStack;
  /** The same, but for what operators have bound otherwise. */
  #routed: LoadedStack;
  #shared: Environment = {};
  /** Variables of files that dev's own environment has otherwise. */
  #overruled: readonly string[] = [];
  #bindings: readonly QueueBinding[] = [];
  /** Where alien.ts could not be loaded, in case that is none of its files so far. */
  #suspects: readonly string[] = [];
  /** Files of alien.ts that have changed since it could last be loaded: functions get them once it can. */
  #held: ReadonlySet<string> = new Set();
  #work: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(stack: LoadedStack, options: SessionOptions) {
    this.#stack = stack;
    this.#routed = stack;
    this.#options = options;
    this.#once = new ReportOnce(options.report);
    this.#variables = new EnvironmentFiles(stack.directory, options.environmentFiles);
    this.#watcher = new Watcher((files) => this.#changed(files));
    this.#controls = new Controls(options.operate, (queue, before, now) =>
      this.#decided(queue, before, now),
    );
  }

  /** What alien.ts says now. */
  get declared(): LoadedStack {
    return this.#stack;
  }

  /** What every program beside the functions gets. */
  get environment(): Environment {
    return this.#shared;
  }

  /** Resolves when every function runs or has said why it does not. */
  async start(): Promise<Summary> {
    const applied = this.#apply(this.#stack);
    // A stop waits for it; what goes wrong with it is thrown here.
    this.#work = applied.catch(() => undefined);
    await applied;
    if (!this.#stopping) this.#watch(this.#options.loadedAt);
    const isRunning = (id: string) => this.#functions.get(id)?.running === true;
    return summaryOf(this.#routed, this.#options.ports, isRunning);
  }

  /** Lets handlers finish. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#controls.close();
    await this.#watcher.close();
    await this.#stopFunctions();
    // A start or a reload that was under way may have started another.
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
      this.#once.next();
      const readAt = Date.now();
      const before = new Map(this.#signatures);
      const ofStack = this.#ofStack().filter((file) => files.has(file) || this.#held.has(file));
      const touched = ofStack.some((file) => files.has(file));
      const loads = touched ? await this.#reload(new Set(ofStack)) : ofStack.length === 0;
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

  /** Answers whether alien.ts could be loaded, after a change of `files`; why not has been reported. */
  async #reload(files: ReadonlySet<string>): Promise<boolean> {
    const { report, print } = this.#options;
    const variables = [...files].filter((file) => this.#variables.paths.includes(file));
    const before = idsOf(this.#stack);
    const signatures = new Map(this.#signatures);
    try {
      const stack = await loadStack(this.#stack.file, { print });
      await this.#apply(stack, variables);
      this.#suspects = [];
      if (variables.length === files.size) {
        // The functions that run again say so, and why.
        const runs = [...this.#signatures].some(([id, now]) => signatures.get(id) !== now);
        if (!runs) this.#unchanged(variables);
        return true;
      }
      const now = idsOf(stack);
      const added = now.filter((id) => !before.includes(id));
      const removed = before.filter((id) => !now.includes(id));
      const handedOver = [...this.#functions.values()].map((each) => each.handedOver);
      void Promise.all(handedOver).then(() => {
        if (this.#stopping) return;
        const failed = added.filter((id) => this.#functions.get(id)?.running === false);
        report({ type: "stackReloaded", added, removed, failed });
      });
      return true;
    } catch (error) {
      const { file } = this.#problem(error).details;
      this.#suspects = typeof file === "string" ? [file] : [];
      return false;
    }
  }

  #unchanged(files: readonly string[]): void {
    const { directory } = this.#stack;
    const changed = files.map((file) => relative(directory, file));
    this.#options.report({ type: "unchanged", changed, overruled: this.#overruled });
  }

  /** Says what is wrong while what ran before goes on; what is nobody's to mend is thrown. */
  #problem(error: unknown): AlienError {
    if (!(error instanceof AlienError)) throw error;
    this.#options.report({ type: "problem", error: whileBeforeGoesOn(reportOf(error)) });
    return error;
  }

  /** Makes what runs be what the stack says: starts, replaces and stops functions. `variables` are the files of them that changed. */
  async #apply(stack: LoadedStack, variables: readonly string[] = []): Promise<void> {
    this.#bindings = await this.#options.declare(stack);
    if (this.#stopping) return;
    this.#stack = stack;
    const queues = stack.stack.resources.filter(({ type }) => type === "queue");
    await this.#controls.follow(queues.map(({ id }) => id));
    await this.#route(variables);
  }

  /** Runs what the stack says, but for what operators have bound otherwise. */
  async #route(changed: readonly string[] = []): Promise<void> {
    const { stack: declared } = this.#stack;
    const { environment, signingSecret, report } = this.#options;
    const { stack, lost } = routesOf(declared, (queue) => this.#controls.consumerOf(queue));
    const routed = { ...this.#stack, stack };
    this.#routed = routed;
    for (const { queue, consumer } of lost) {
      const error = unknownConsumer(stack, consumer, queue);
      report({ type: "problem", error: reportOf(error) });
    }
    const secret = hasHttpConsumer(routed) ? await signingSecret() : undefined;
    const { variables, problems } = await this.#variables.read();
    for (const { file, line, problem, fix } of problems) {
      report({ type: "warning", text: `${file}:${line} ${problem}: ${fix}` });
    }
    this.#overruled = overruled(variables, environment);
    this.#shared = sharedEnvironment(variables, environment, this.#bindings, secret);
    const wanted = await Promise.all([
      ...functionsOf(routed).map((each) => this.#declared(each)),
      ...endpointsOf(routed).map((each) => this.#declaredEndpoint(each)),
    ]);
    if (this.#stopping) return;
    const ids = wanted.map((declared) => declared.function.id);
    const gone = [...this.#functions].filter(([id]) => !ids.includes(id));
    for (const [id] of gone) {
      this.#functions.delete(id);
      this.#signatures.delete(id);
    }
    await Promise.all([
      ...gone.map(([, each]) => each.stop()),
      ...wanted.map((declared) => this.#run(declared, changed)),
    ]);
  }

  #decided(queue: string, before: QueueControl, { pause, consumer }: QueueControl): void {
    const { report } = this.#options;
    if (pause === undefined) {
      if (before.pause !== undefined) report({ type: "resumed", queue });
    } else if (JSON.stringify(pause) !== JSON.stringify(before.pause)) {
      report({ type: "paused", queue, ...pause });
    }
    if (consumer === before.consumer) return;
    report({ type: "bound", queue, ...(consumer === undefined ? {} : { function: consumer }) });
    // What is found at the start is part of the start.
    if (before.version >= 0) this.#rebind();
  }

  #rebind(): void {
    this.#work = this.#work.then(async () => {
      if (this.#stopping) return;
      const readAt = Date.now();
      await this.#route().catch((error) => void this.#problem(error));
      this.#watch(readAt);
    });
  }

  async #run(declared: Declared, changed: readonly string[]): Promise<void> {
    const { id } = declared.function;
    const signature = JSON.stringify([
      declared.function,
      declared.environment,
      declared.stack.schemas,
    ]);
    if (this.#signatures.get(id) === signature) return;
    this.#signatures.set(id, signature);
    const present = this.#functions.get(id);
    if (present !== undefined) return present.replace(changed, declared);
    const started = new SupervisedFunction(declared, this.#once.report);
    this.#functions.set(id, started);
    await started.start();
  }

  async #declared(resource: FunctionResource): Promise<Declared> {
    const { id, triggers, timeoutMs, http, environment, secrets } = resource;
    for (const name of secrets.filter((secret) => this.#shared[secret] === undefined)) {
      const text = `function ${id} wants the secret ${name}: put it into .env.local, or into a file of --dotenv`;
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
      releasePort: () => this.#options.ports.release(id),
    };
  }

  #declaredEndpoint(resource: EndpointResource): Declared {
    const { id, triggers, url } = resource;
    const description = { id, triggers, endpoint: { url } };
    return {
      stack: this.#stack,
      function: resource,
      environment: { ...this.#shared, ALIEN_FUNCTION: JSON.stringify(description) },
    };
  }

  #watch(readAt: number): void {
    const functions = [...this.#functions.values()].flatMap(({ inputs }) => inputs);
    this.#watcher.files([...this.#ofStack(), ...functions], readAt);
  }

  #ofStack(): readonly string[] {
    return [...this.#stack.inputs, ...this.#variables.paths, ...this.#suspects];
  }
}

function idsOf({ stack }: LoadedStack): readonly string[] {
  return stack.resources.map(({ id }) => id);
}
