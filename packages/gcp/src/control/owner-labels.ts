import type { Owner } from "@alienplatform/deploy";

/** The labels of everything that deploy makes, by which a stage is found again. */
const STACK = "alien-stack";
const STAGE = "alien-stage";
const PART = "alien-part";

/** Characters of a label's value: https://cloud.google.com/resource-manager/docs/labels-overview#requirements */
const LONGEST = 63;

export type Labels = Readonly<Record<string, string>>;

/** What a part is labelled with in the call that makes it. */
export function labelsOf({ stack, stage, part }: Owner): Record<string, string> {
  return { ...spread(STACK, stack), ...spread(STAGE, stage), ...spread(PART, part) };
}

/** Whose a thing with these labels is; undefined where they are not all there. */
export function ownerOf(labels: Labels = {}): Owner | undefined {
  const [stack, stage, part] = [STACK, STAGE, PART].map((name) => gather(name, labels));
  return stack === undefined || stage === undefined || part === undefined
    ? undefined
    : { stack, stage, part };
}

/** Those of somebody else, with ours. */
export function withLabels(labels: Labels = {}, owner: Owner): Record<string, string> {
  const others = Object.entries(labels).filter(([name]) => !/^alien-(stack|stage|part)/.test(name));
  return { ...Object.fromEntries(others), ...labelsOf(owner) };
}

/**
 * A text as labels: small letters, digits and "-" stand for themselves, any other byte is "_" and two hexadecimal digits.
 * What is longer than a label goes on in "<name>-1", "<name>-2".
 */
export function spread(name: string, text: string): Record<string, string> {
  const written = [...Buffer.from(text)].map(byteText).join("");
  const pieces = written.match(new RegExp(`.{1,${LONGEST}}`, "g")) ?? [""];
  return Object.fromEntries(
    pieces.map((piece, at) => [at === 0 ? name : `${name}-${at}`, piece] as const),
  );
}

/** The text that was spread over labels. */
export function gather(name: string, labels: Labels): string | undefined {
  if (labels[name] === undefined) return undefined;
  let written = labels[name];
  for (let at = 1; labels[`${name}-${at}`] !== undefined; at++) written += labels[`${name}-${at}`];
  return Buffer.concat(
    (written.match(/_[0-9a-f]{2}|[^_]/g) ?? []).map((each) =>
      each.length === 3 ? Buffer.from(each.slice(1), "hex") : Buffer.from(each),
    ),
  ).toString();
}

function byteText(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[a-z0-9-]/.test(character) ? character : `_${byte.toString(16).padStart(2, "0")}`;
}
