import type { Owner } from "@alienplatform/deploy";

const STACK = "alien:stack:";
const STAGE = "alien:stage:";
const PART = "alien:part:";

/**
 * What a Worker is tagged with in the upload that makes it. Cloudflare's tags are words, of which a Worker has eight at
 * most, without "," and "&": https://developers.cloudflare.com/cloudflare-for-platforms/workers-for-platforms/configuration/tags/
 */
export function tagsOf({ stack, stage, part }: Owner): readonly string[] {
  return [STACK + stack, STAGE + stage, PART + part];
}

/** Whose a Worker with these tags is; undefined where they are not all there. */
export function ownerOf(tags: readonly string[] | null | undefined): Owner | undefined {
  const after = (start: string) => tags?.find((tag) => tag.startsWith(start))?.slice(start.length);
  const [stack, stage, part] = [after(STACK), after(STAGE), after(PART)];
  return stack === undefined || stage === undefined || part === undefined
    ? undefined
    : { stack, stage, part };
}

/** The tags that somebody else gave it. */
export function otherTags(tags: readonly string[] | null | undefined): readonly string[] {
  return (tags ?? []).filter((tag) => ![STACK, STAGE, PART].some((start) => tag.startsWith(start)));
}
