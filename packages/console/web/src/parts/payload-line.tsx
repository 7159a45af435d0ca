import type { Message } from "../data/model.ts";
import { prettyJson } from "../json/exact.ts";
import { shortened } from "./format.ts";

const MOST = 240;

/** A payload in one line, for lists. */
export function PayloadLine({ message }: { readonly message: Message }) {
  return (
    <span class="payload-line mono" dir={typeof message.payload === "string" ? "auto" : "ltr"}>
      {lineOf(message)}
    </span>
  );
}

function lineOf({ payload, encoding }: Message): string {
  if (encoding !== undefined) return "bytes";
  if (typeof payload === "string") return shortened(payload, MOST);
  return shortened(prettyJson(payload) ?? "", MOST);
}
