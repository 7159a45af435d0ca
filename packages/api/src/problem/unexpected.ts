import { AlienError } from "@alienplatform/core";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";

/** Tells each error that is a mistake of whoever wrote a route, as its name and its calls; the same one is told once. */
export function unexpectedErrors(tell: (text: string) => void): (thrown: unknown) => void {
  const told = new Set<string>();
  return (thrown) => {
    if (isExpected(thrown)) return;
    const text = tracedWithoutMessage(thrown);
    if (told.has(text)) return;
    told.add(text);
    tell(text);
  };
}

function isExpected(thrown: unknown): boolean {
  return (
    thrown instanceof AlienError || thrown instanceof z.ZodError || thrown instanceof HTTPException
  );
}

/** A message may quote a payload, as JSON.parse's does; a name and calls quote nothing. */
function tracedWithoutMessage(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { name, message, stack = "" } = thrown;
  const at = stack.indexOf(message);
  const calls = stack
    .slice(at === -1 ? 0 : at + message.length)
    .split("\n")
    .filter((line) => /^ {4}at /.test(line));
  return [name, ...calls].join("\n");
}
