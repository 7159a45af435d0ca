import { AlienError } from "@alienplatform/core";
import {
  type DeployPlatform,
  type FunctionCode,
  type LoadedStack,
  type Place,
  packFunction,
  together,
} from "@alienplatform/deploy";

/** The code of a stack's functions and endpoints, and the files that it is in. */
export interface PackedCode {
  readonly code: FunctionCode;
  /** Relative to the folder of alien.ts, by SHA-256. */
  readonly files: Readonly<Record<string, string>>;
}

/** Bundles and packs every function of a stack for a platform. What is wrong with several is one error, with all of it. */
export async function packFunctions(
  stack: LoadedStack,
  { target, sources }: Pick<DeployPlatform, "target" | "sources">,
  place: Place,
): Promise<PackedCode> {
  const functions = stack.stack.resources.filter((resource) => resource.type !== "queue");
  const outcomes = await Promise.allSettled(
    functions.map((resource) =>
      packFunction({
        stack,
        function: resource,
        target,
        sources: sources(stack.stack, place, resource.id),
      }).then((one) => ({ id: resource.id, ...one })),
    ),
  );
  const reasons = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const unexpected = reasons.find((reason) => !(reason instanceof AlienError));
  if (unexpected !== undefined) throw unexpected;
  if (reasons.length > 0) throw together(reasons);
  const packed = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  return {
    code: Object.fromEntries(packed.map(({ id, artifact }) => [id, artifact])),
    files: Object.fromEntries(packed.map(({ artifact, file }) => [artifact.sha256, file])),
  };
}
