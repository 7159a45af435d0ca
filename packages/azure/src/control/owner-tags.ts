import type { Owner } from "@alienplatform/deploy";

/** The tags of everything that bears some, by which a stage is found again. */
const STACK = "alien-stack";
const STAGE = "alien-stage";
const PART = "alien-part";

/** Of a resource, by their names. */
export type Tags = Readonly<Record<string, string>>;

/** What a part is tagged with in the call that makes it. */
export function tagsOf({ stack, stage, part }: Owner): Record<string, string> {
  return { [STACK]: stack, [STAGE]: stage, [PART]: part };
}

/** Whose a thing with these tags is; undefined where they are not all there. */
export function ownerOf(tags: Tags = {}): Owner | undefined {
  const { [STACK]: stack, [STAGE]: stage, [PART]: part } = tags;
  return stack === undefined || stage === undefined || part === undefined
    ? undefined
    : { stack, stage, part };
}
