import { signal } from "@preact/signals";
import { recall, remember } from "../../data/settings.ts";

/** A message that was written before, under a name of the reader's. */
export interface Example {
  readonly name: string;
  readonly payload: string;
}

const MOST = 20;

/** The examples of a queue, which the browser keeps. */
export function examplesOf(queue: string) {
  const key = `alien.examples.${queue}`;
  const kept = signal<readonly Example[]>(read(recall(key)));
  return {
    kept,
    keep(example: Example): void {
      const others = kept.peek().filter(({ name }) => name !== example.name);
      kept.value = [example, ...others].slice(0, MOST);
      remember(key, JSON.stringify(kept.value));
    },
    drop(name: string): void {
      kept.value = kept.peek().filter((each) => each.name !== name);
      remember(key, JSON.stringify(kept.value));
    },
  };
}

/** Whatever is under the key: somebody else may have written it. */
function read(text: string | undefined): readonly Example[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isExample) : [];
  } catch {
    return [];
  }
}

function isExample(value: unknown): value is Example {
  if (typeof value !== "object" || value === null) return false;
  return (
    "name" in value &&
    typeof value.name === "string" &&
    "payload" in value &&
    typeof value.payload === "string"
  );
}
