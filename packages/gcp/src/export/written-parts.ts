import { inSyntax, type TextSyntax } from "@alienplatform/deploy";
import { labelsOf } from "../control/owner-labels.ts";
import type { GcpPart } from "../gcp-part.ts";
import type { GcpPlace } from "../gcp-place.ts";
import type { PartConfigs } from "../part-configs.ts";

/** A part as an exporter gets it: the config that its controller gets, with expressions for what is not known. */
export type WrittenPart = {
  [Type in keyof PartConfigs]: {
    readonly part: GcpPart;
    readonly type: Type;
    readonly name: string;
    readonly config: PartConfigs[Type];
    /** Whose it is, as deploy says it: what was exported can be adopted. */
    readonly labels: Readonly<Record<string, string>>;
  };
}[keyof PartConfigs];

/** The parts with their references in a language's own words. */
export function writtenParts(
  parts: readonly GcpPart[],
  { stack, stage }: GcpPlace,
  syntax: TextSyntax<GcpPart>,
): readonly WrittenPart[] {
  return parts.map((part) => {
    const { id, type, name, config } = part;
    const labels = labelsOf({ stack, stage, part: id });
    // Of the same type as before, with a text wherever there was a reference.
    return { part, type, name, labels, config: inSyntax(config, parts, syntax) } as WrittenPart;
  });
}
