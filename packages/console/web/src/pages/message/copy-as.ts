import type { Message } from "../../data/model.ts";
import { prettyJson } from "../../json/exact.ts";
import { variableOf } from "../queue/variable.ts";

/** The send of a message like this one, as code. */
export function asTypeScript(message: Message): string {
  const { queue, payload, kind } = message;
  const options = optionsOf(message);
  const name = JSON.stringify(queue);
  const given = Object.keys(options).length === 0 ? "" : `, ${prettyJson(options)}`;
  const isText = typeof payload === "string" && kind === "text";
  const call = isText ? "sendText(" : `send(${name}, `;
  return `import { queue } from "@alienplatform/sdk";

const ${variableOf(queue)} = await queue(${name});
await ${variableOf(queue)}.${call}${prettyJson(payload)}${given});
`;
}

/** The same for a shell; the token is where `alien dev` puts it. */
export function asCurl(message: Message): string {
  const { queue, payload, kind } = message;
  const body = prettyJson({ payload, kind, ...optionsOf(message) });
  const url = `${window.location.origin}/queues/${encodeURIComponent(queue)}/messages`;
  return [
    `curl -X POST ${quoted(url)}`,
    `  -H "Authorization: Bearer $ALIEN_API_TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  --data-raw ${quoted(body)}`,
  ].join(" \\\n");
}

function optionsOf({ group, priority = 0, concurrency, attributes = {} }: Message) {
  return {
    ...(group === undefined ? {} : { group }),
    ...(priority === 0 ? {} : { priority }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

/** A word of a POSIX shell, whatever is in the text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
