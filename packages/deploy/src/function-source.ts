import { relative } from "node:path";
import type { EndpointResource, FunctionResource } from "@alienplatform/core";
import type { FunctionTarget } from "./function-target.ts";
import type { LoadedStack } from "./load-stack.ts";

/** A function as the module that its bundle starts with is generated from it. */
export interface FunctionSource {
  readonly stack: LoadedStack;
  readonly resource: FunctionResource | EndpointResource;
  /** The user's file; undefined for an endpoint, which has none. */
  readonly file: string | undefined;
}

/** Starts the handlers in a process that alien dev runs. */
export function devSource(source: FunctionSource): string {
  return `import { startFunction } from "@alienplatform/sdk/function";
${importCollect(source)}await startFunction(${arguments_(source)});`;
}

/** Hands the handlers to a platform's entry; what comes of it is what the platform's host calls. */
export function deploySource(
  source: FunctionSource,
  { entry, secrets, runtime = "node" }: FunctionTarget,
  sources: Readonly<Record<string, string>>,
): string {
  const store = hasSecrets(source.resource) ? secrets : undefined;
  const more = (store === undefined ? "" : ", readSecrets") + (runtime === "node" ? RESTART : "");
  return `import { entry } from ${JSON.stringify(entry)};
import { pushedFunction } from "@alienplatform/sdk/push";
${store === undefined ? "" : `import { readSecrets } from ${JSON.stringify(store)};\n`}${importCollect(source)}export default entry(pushedFunction(${arguments_(source, more)}), ${JSON.stringify(sources)});`;
}

/** What posts messages signs them: an endpoint, and a function with HTTP, which has a handler for them or has none. */
function hasSecrets(resource: FunctionResource | EndpointResource): boolean {
  if (resource.type === "endpoint") return true;
  return resource.secrets.length > 0 || (resource.http && resource.triggers.length > 0);
}

/** The host starts another process for the next event, as it does where a function of its own cannot be loaded. */
const RESTART = ", restart: () => process.exit(1)";

function arguments_(source: FunctionSource, more = ""): string {
  const { stack, file } = source;
  const load =
    file === undefined ? "async () => undefined" : `() => import(${specifier(stack, file)})`;
  const queues = isTyped(source)
    ? `(await collect(() => import(${specifier(stack, stack.file)}))).resources.filter(({ type }) => type === "queue")`
    : "[]";
  const shown = JSON.stringify(relative(stack.directory, file ?? stack.file));
  return `${load}, { file: ${shown}, queues: async () => ${queues}${more} }`;
}

function importCollect(source: FunctionSource): string {
  return isTyped(source) ? `import { collect } from "@alienplatform/core/collect";\n` : "";
}

/** Whether alien.ts has to come along: a queue's schema is code. */
function isTyped({ stack, resource }: FunctionSource): boolean {
  return resource.triggers.some(({ queue }) => stack.schemas[queue] !== undefined);
}

/** Counted from alien.ts's folder, so that a bundle says nothing of the machine that made it. */
function specifier({ directory }: LoadedStack, file: string): string {
  const path = relative(directory, file).replaceAll("\\", "/");
  return JSON.stringify(path.startsWith("../") ? path : `./${path}`);
}
