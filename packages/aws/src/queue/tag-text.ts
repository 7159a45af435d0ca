/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
const LONGEST = 256;

/** A text as a tag takes it: what it does not take becomes a space. */
export function tagText(text: string): string {
  return text
    .replace(/[^\p{L}\p{N} _.:/=+\-@]+/gu, " ")
    .trim()
    .slice(0, LONGEST);
}
