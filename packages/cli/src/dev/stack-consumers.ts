import type { EndpointResource, FunctionResource } from "@alienplatform/core";
import type { LoadedStack } from "@alienplatform/deploy";

export function functionsOf({ stack }: LoadedStack): readonly FunctionResource[] {
  return stack.resources.filter((resource) => resource.type === "function");
}

export function endpointsOf({ stack }: LoadedStack): readonly EndpointResource[] {
  return stack.resources.filter((resource) => resource.type === "endpoint");
}

/** Whether messages may be posted. A function that serves HTTP may get some: only its code knows. */
export function hasHttpConsumer(stack: LoadedStack): boolean {
  const functions = functionsOf(stack).filter(({ http }) => http);
  return [...functions, ...endpointsOf(stack)].some(({ triggers }) => triggers.length > 0);
}
