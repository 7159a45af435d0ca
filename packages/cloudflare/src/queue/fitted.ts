import { MESSAGE_MAX } from "../capabilities.ts";
import { type Carried, sizeOf } from "./message.ts";

/** A dead letter that tells of its death as much as there is room for; every other message as it is. */
export function fitted(message: Carried): Carried {
  const { headers } = message;
  if (headers.dead === undefined) return message;
  const excess = sizeOf(message) - MESSAGE_MAX;
  if (excess <= 0) return message;
  const { code, message: text } = headers.dead.error;
  const telling = (told: string): Carried => {
    const error = { code: code.slice(0, 64), message: told };
    return { ...message, headers: { ...headers, dead: { ...headers.dead, error } } } as Carried; // it is there
  };
  const cut = telling(text.slice(0, Math.max(0, text.length - excess)));
  return sizeOf(cut) <= MESSAGE_MAX ? cut : telling("");
}
