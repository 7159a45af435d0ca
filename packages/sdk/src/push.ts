import {
  deliverPushed,
  type LogLine,
  type PlatformRuntime,
  type PushedFunction,
  type PushedQueue,
  Turns,
  wholeResponse,
} from "@alienplatform/bindings";
import { AlienError, type QueueResource } from "@alienplatform/core";
import * as brought from "#runtime";
import { answerRequest } from "./answer-request.ts";
import { type Environment, environment } from "./environment.ts";
import { type Fetch, fetchOf } from "./fetch.ts";
import { openDriver } from "./open-driver.ts";
import { providePlatform } from "./provided-platform.ts";
import { type FunctionDescription, readFunction } from "./read-function.ts";
import { writeFailure, writeLog, writeProblem, writeRequestProblem } from "./stderr.ts";
import { type TriggerHandler, triggerHandler } from "./trigger-handlers.ts";

export interface PushedFunctionOptions {
  /** The function's file, as errors name it. */
  readonly file: string;
  /** Loads the declared queues, for their schemas. */
  queues(): Promise<readonly QueueResource[]>;
  /** Reads the values of the function's secrets by the names of their variables; undefined where it has none. */
  readSecrets?(environment: Environment): Promise<Readonly<Record<string, string>>>;
  /**
   * Ends this process, so that the host starts another: no runtime runs a module again that has failed, and every event
   * that this process got would fail. Undefined where a process cannot end itself.
   */
  restart?(): void;
}

/**
 * What the generated entry of a deployed function hands to its platform's entry: loads the user's file at
 * the first delivery, once, and runs its handlers. What is logged, and every delivery that failed, is a JSON
 * line on stderr.
 */
export function pushedFunction(
  load: () => Promise<unknown>,
  options: PushedFunctionOptions,
): PushedFunction {
  // "#runtime" is a platform's runtime module only in a bundle for one platform.
  const { runtime }: { readonly load?: unknown; readonly runtime?: PlatformRuntime } = {
    ...brought,
  };
  providePlatform(runtime);
  const opening = new Map<string, Promise<PushedQueue>>();
  let loading: Promise<Loaded> | undefined;
  const loaded = () => {
    loading ??= loadFunction(load, options, () => {
      loading = undefined;
    });
    return loading;
  };
  const answer = async (request: Request): Promise<Response> => {
    if (!servesHttp()) return new Response(undefined, { status: 404 });
    const fetch: Fetch = async (given) => fetchOf((await loaded()).module, options.file)(given);
    return answerRequest(fetch, request, (error) => writeRequestProblem(request, error));
  };
  return {
    queue(name) {
      const known = opening.get(name);
      if (known !== undefined) return known;
      const made = loaded().then((function_) => open(name, function_, options.file));
      // One for all who ask meanwhile: the handlers' limit is counted in it. What failed is not kept.
      opening.set(name, made);
      made.catch(() => opening.delete(name));
      return made;
    },
    servesHttp,
    fetch: answer,
    async answer(request) {
      try {
        return await wholeResponse(await answer(request));
      } catch (error) {
        writeRequestProblem(request, error);
        return { status: 500, headers: {}, cookies: [], body: new Uint8Array() };
      }
    },
    report: writeProblem,
  };
}

function servesHttp(): boolean {
  return readFunction(environment())?.http !== undefined;
}

interface Loaded {
  readonly described: FunctionDescription;
  readonly module: unknown;
  readonly queues: readonly QueueResource[];
}

async function loadFunction(
  load: () => Promise<unknown>,
  options: PushedFunctionOptions,
  again: () => void,
): Promise<Loaded> {
  const described = readFunction(environment());
  if (described === undefined) {
    throw new AlienError("BINDING_INVALID", "ALIEN_FUNCTION is not in the environment", {
      fix: "Deploy the function again: deploy writes it.",
    });
  }
  try {
    // Before any code of the user's runs, which may read them at once.
    Object.assign(environment(), await options.readSecrets?.(environment()));
  } catch (error) {
    // The store may be there for the next event. A module would not run again: it fails as it did the first time.
    again();
    throw error;
  }
  try {
    const queues = await options.queues();
    return { described, queues, module: await load() };
  } catch (error) {
    if (options.restart !== undefined) {
      writeProblem(error);
      options.restart();
    }
    throw error;
  }
}

async function open(
  name: string,
  { described, module, queues }: Loaded,
  file: string,
): Promise<PushedQueue> {
  const handled = await handlerFor(name, described, module, file);
  const opened = await openDriver(name);
  const { driver, binding, clock, random, telemetry } = opened;
  const { options } = binding;
  const schema = handled.schema ?? queues.find(({ id }) => id === name)?.schema;
  const limits = [handled.concurrency, options.concurrency, Number.POSITIVE_INFINITY];
  const given = {
    handling: {
      queue: name,
      options,
      schema,
      handler: handled.handlerFor(opened),
      onInvalid: handled.trigger.onInvalid,
      random,
      capabilities: driver.capabilities,
      log: (line: LogLine) => writeLog(line),
      telemetry,
    },
    clock,
    service: driver.capabilities.service,
    timeoutMs: described.timeoutMs ?? handled.timeoutMs,
    turns: new Turns(Math.min(...limits.filter((limit) => limit !== undefined))),
    onEvent: writeFailure,
    onError: (error: unknown) => writeProblem(error, name),
  };
  const run: PushedQueue["deliver"] = (batch, loan) => deliverPushed(batch, loan, given);
  const { aroundPushed } = driver;
  return {
    binding,
    clock,
    random,
    deliver:
      aroundPushed === undefined
        ? run
        : (batch, loan) => aroundPushed(batch, loan, { run, onError: given.onError }),
  };
}

async function handlerFor(
  name: string,
  described: FunctionDescription,
  module: unknown,
  file: string,
): Promise<TriggerHandler> {
  const trigger = described.triggers.find(({ queue }) => queue === name);
  if (trigger === undefined) {
    const text = `function "${described.id}" is not triggered by queue "${name}"`;
    throw new AlienError("HANDLER_MISSING", text, {
      fix: `Declare it in alien.ts, .trigger(${name}), and deploy again.`,
      details: { function: described.id, queue: name },
    });
  }
  const fetch = described.http === undefined ? undefined : fetchOf(module, file);
  // Nothing listens: the request never leaves the process, and needs a URL all the same.
  const answering = fetch && { fetch, url: "http://localhost/" };
  return triggerHandler(trigger, described, answering, file);
}
