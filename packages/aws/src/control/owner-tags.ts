import type { Owner } from "@alienplatform/deploy";

/** The tags of everything that deploy makes, by which a stage is found again. */
const STACK = "alien:stack";
const STAGE = "alien:stage";
const PART = "alien:part";

/** What a part is tagged with in the call that makes it. */
export function tagsOf({ stack, stage, part }: Owner): Record<string, string> {
  return { [STACK]: stack, [STAGE]: stage, [PART]: part };
}

/** The same as the list that IAM and Parameter Store want. */
export function tagListOf(owner: Owner): { Key: string; Value: string }[] {
  return Object.entries(tagsOf(owner)).map(([Key, Value]) => ({ Key, Value }));
}

/** Whose a thing with these tags is; undefined where they are not all there. */
export function ownerOf(tags: Readonly<Record<string, string>> = {}): Owner | undefined {
  const { [STACK]: stack, [STAGE]: stage, [PART]: part } = tags;
  return stack === undefined || stage === undefined || part === undefined
    ? undefined
    : { stack, stage, part };
}

/** The same of a list. */
export function ownerOfList(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Owner | undefined {
  return ownerOf(Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value])));
}

/** What finds all of a stage by the tagging API. */
export function tagFiltersOf({ stack, stage }: Omit<Owner, "part">): {
  Key: string;
  Values: string[];
}[] {
  return [
    { Key: STACK, Values: [stack] },
    { Key: STAGE, Values: [stage] },
  ];
}
