import type { Message } from "../../data/model.ts";
import { prettyJson } from "../../json/exact.ts";
import { query, setQuery } from "../../navigation/location.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { count } from "../../parts/format.ts";
import { JsonTree } from "../../parts/json-tree.tsx";

interface PayloadCardProps {
  readonly message: Pick<Message, "payload" | "kind" | "encoding">;
  readonly title?: string;
}

/** What a message says: JSON as a tree or raw, text as it is. */
export function PayloadCard({ message, title = "Payload" }: PayloadCardProps) {
  // In the address, as all that one looks through.
  const raw = query.value.get("payload") === "raw";
  const { payload, encoding } = message;
  const text = payloadText(message);
  const isTree = typeof payload === "object" && payload !== null && encoding === undefined;
  return (
    <section class="card payload-card" aria-label={title}>
      <div class="card-head">
        <h2>{title}</h2>
        <span class="hint">
          {encoding === undefined ? message.kind : "bytes, as base64"}, {count(text.length)}{" "}
          characters
        </span>
        <span class="push" />
        {isTree ? (
          <Button
            kind="quiet"
            pressed={raw}
            onClick={() => setQuery({ payload: raw ? undefined : "raw" }, { replace: true })}
          >
            Raw
          </Button>
        ) : undefined}
        <Copy text={text} what="the payload" />
      </div>
      {isTree && !raw ? (
        <div class="json">
          <JsonTree value={payload} />
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <pre class="raw" dir={typeof payload === "string" ? "auto" : "ltr"} tabIndex={0}>
          {text}
        </pre>
      )}
    </section>
  );
}

/** A payload to copy or to edit: JSON written to be read, text as it is. */
export function payloadText({ payload, kind }: Pick<Message, "payload" | "kind">): string {
  if (typeof payload === "string" && kind !== "json") return payload;
  return prettyJson(payload) ?? "";
}
