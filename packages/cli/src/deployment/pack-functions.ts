import {
  type DeployPlatform,
  type FunctionCode,
  type LoadedStack,
  type Place,
  packFunction,
} from "@alienplatform/deploy";

/** The code of a stack's functions and endpoints, and the files that it is in. */
export interface PackedCode {
  readonly code: FunctionCode;
  /** Relative to the folder of alien.ts, by SHA-256. */
  readonly files: Readonly<Record<string, string>>;
}

/** Bundles and packs every function of a stack for a platform. */
export async function packFunctions(
  stack: LoadedStack,
  { target, sources }: Pick<DeployPlatform, "target" | "sources">,
  place: Place,
): Promise<PackedCode> {
  const packed = await Promise.all(
    stack.stack.resources.flatMap((resource) =>
      resource.type === "queue"
        ? []
        : [
            packFunction({
              stack,
              function: resource,
              target,
              sources: sources(stack.stack, place, resource.id),
            }).then((one) => ({ id: resource.id, ...one })),
          ],
    ),
  );
  return {
    code: Object.fromEntries(packed.map(({ id, artifact }) => [id, artifact])),
    files: Object.fromEntries(packed.map(({ artifact, file }) => [artifact.sha256, file])),
  };
}
