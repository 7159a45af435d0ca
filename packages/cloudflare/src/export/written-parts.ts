import { inSyntax, type TextSyntax } from "@alienplatform/deploy";
import type { CloudflarePart } from "../cloudflare-part.ts";
import type { PartConfigs } from "../part-configs.ts";

/** A part as an exporter gets it: the config that its controller gets, with expressions for what is not known. */
export type WrittenPart = {
  [Type in keyof PartConfigs]: {
    readonly part: CloudflarePart;
    readonly type: Type;
    readonly name: string;
    readonly config: PartConfigs[Type];
  };
}[keyof PartConfigs];

/** The parts with their references in a language's own words. */
export function writtenParts(
  parts: readonly CloudflarePart[],
  syntax: TextSyntax<CloudflarePart>,
): readonly WrittenPart[] {
  return parts.map((part) => {
    const { type, name, config } = part;
    // Of the same type as before, with a text wherever there was a reference.
    return { part, type, name, config: inSyntax(config, parts, syntax) } as WrittenPart;
  });
}
