import { inSyntax, type TextSyntax } from "@alienplatform/deploy";
import type { AwsPart } from "../aws-part.ts";
import type { AwsPlace } from "../aws-place.ts";
import { tagsOf } from "../control/owner-tags.ts";
import type { PartConfigs } from "../part-configs.ts";

/** A part as an exporter gets it: the config that its controller gets, with expressions for what is not known. */
export type WrittenPart = {
  [Type in keyof PartConfigs]: {
    readonly part: AwsPart;
    readonly type: Type;
    readonly name: string;
    readonly config: PartConfigs[Type];
    /** Whose it is, as deploy says it: what was exported can be adopted. */
    readonly tags: Readonly<Record<string, string>>;
  };
}[keyof PartConfigs];

/** The parts with their references in a language's own words. */
export function writtenParts(
  parts: readonly AwsPart[],
  { stack, stage }: AwsPlace,
  syntax: TextSyntax<AwsPart>,
): readonly WrittenPart[] {
  return parts.map((part) => {
    const { id, type, name, config } = part;
    const tags = tagsOf({ stack, stage, part: id });
    // Of the same type as before, with a text wherever there was a reference.
    return { part, type, name, tags, config: inSyntax(config, parts, syntax) } as WrittenPart;
  });
}
