import type { Refusal } from "@alienplatform/bindings/declared";
import type { TypedPart } from "../cloudflare-part.ts";

/** https://developers.cloudflare.com/workers/platform/limits/#environment-variables: 5 KB each. */
const LARGEST_TEXT = 5_000;
/** Of a paid account, variables and secrets together; a free one has 64. */
const MOST_VARIABLES = 128;

type Found = Omit<Refusal, "platform">;

/** What Cloudflare would refuse of a Worker's variables. */
export function environmentProblems({ resource, config }: TypedPart<"worker">): readonly Found[] {
  const texts = Object.entries(config.environment);
  return [
    ...texts.flatMap(([name, text]) => tooLong(resource, name, String(text))),
    ...tooMany(resource, texts.length),
  ];
}

function tooLong(resource: string, name: string, text: string): readonly Found[] {
  const bytes = Buffer.byteLength(text);
  if (bytes <= LARGEST_TEXT) return [];
  return [
    {
      resource,
      path: `environment.${name}`,
      problem: `${name} of "${resource}" is ${bytes} bytes; Cloudflare takes ${LARGEST_TEXT} in a variable`,
      fix: "Put long values into a file that the function imports, or into storage.",
    },
  ];
}

function tooMany(resource: string, count: number): readonly Found[] {
  if (count <= MOST_VARIABLES) return [];
  return [
    {
      resource,
      path: "environment",
      problem: `"${resource}" has ${count} variables; Cloudflare takes ${MOST_VARIABLES}`,
      fix: "Put several into one, as JSON, or divide its triggers and links between two functions.",
    },
  ];
}
