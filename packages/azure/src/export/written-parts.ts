import { inSyntax, type Owner, type TextSyntax } from "@alienplatform/deploy";
import type { AzurePart } from "../azure-part.ts";
import type { AzurePlace } from "../azure-place.ts";
import type { PartConfigs } from "../part-configs.ts";

/** A part as an exporter gets it: the config that its controller gets, with expressions for what is not known. */
export type WrittenPart = {
  [Type in keyof PartConfigs]: WrittenAs<Type>;
}[keyof PartConfigs];

/** One of one type. */
export interface WrittenAs<Type extends keyof PartConfigs> {
  readonly part: AzurePart;
  readonly type: Type;
  readonly name: string;
  readonly config: PartConfigs[Type];
  /** Whose it is: what was exported can be adopted. */
  readonly owner: Owner;
}

/** The parts with their references in a language's own words. */
export function writtenParts(
  parts: readonly AzurePart[],
  { stack, stage }: AzurePlace,
  syntax: TextSyntax<AzurePart>,
): readonly WrittenPart[] {
  return parts.map((part) => {
    const { id, type, name, config } = part;
    const owner = { stack, stage, part: id };
    // Of the same type as before, with a text wherever there was a reference.
    return { part, type, name, owner, config: inSyntax(config, parts, syntax) } as WrittenPart;
  });
}
