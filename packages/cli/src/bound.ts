import { environmentName } from "@alienplatform/core";

/** The variable that says that a queue is elsewhere than on this machine; undefined where none does. */
export function boundElsewhere(
  queue: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const variable = environmentName(queue);
  const text = environment[variable];
  if (text === undefined || text === "") return undefined;
  return isLocal(text) ? undefined : variable;
}

/** What cannot be read is not local: whoever uses it says what is wrong. */
function isLocal(text: string): boolean {
  try {
    const binding: unknown = JSON.parse(text);
    return Object(binding).platform === "local";
  } catch {
    return false;
  }
}
