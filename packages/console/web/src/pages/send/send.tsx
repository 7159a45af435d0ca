import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { useLoaded } from "../../data/loaded.ts";
import type { JsonSchema, Message, QueueDetail } from "../../data/model.ts";
import { asProblem, type Problem } from "../../data/problem.ts";
import { loadQueues } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { parseExact } from "../../json/exact.ts";
import { Link } from "../../navigation/link.tsx";
import { query } from "../../navigation/location.ts";
import { places } from "../../navigation/places.ts";
import { Button } from "../../parts/button.tsx";
import { JsonEditor, jsonProblem } from "../../parts/json-editor.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { payloadText } from "../message/payload-card.tsx";
import { Examples } from "./examples.tsx";
import { examplesOf } from "./kept-examples.ts";
import {
  type FieldTexts,
  formOfValue,
  isFormable,
  jsonOfForm,
  SchemaForm,
} from "./schema-form.tsx";
import { bodyOf, NO_OPTIONS, type Options, optionsOf, SendOptions } from "./send-options.tsx";

type Mode = "form" | "json" | "text";

interface Sent {
  readonly id: string;
  readonly deduplicated: boolean;
}

/** A new message: a form where the queue has a schema, JSON or text otherwise. */
export function SendPage({ queue }: { readonly queue: string }) {
  const path = `/queues/${encodeURIComponent(queue)}`;
  const { data } = useLoaded(path, (signal) => request<QueueDetail>("GET", path, { signal }));
  const from = query.value.get("from") ?? undefined;
  const origin = useLoaded(from === undefined ? undefined : `send from ${from}`, (signal) =>
    request<Message>("GET", `${path}/messages/${encodeURIComponent(from ?? "")}`, { signal }),
  );
  const schema = isFormable(data?.schema) ? data.schema : undefined;
  /** Undefined until the reader chooses: then the form, where there is a schema. */
  const as = useSignal<Mode | undefined>(undefined);
  const text = useSignal('{\n  "hello": "world"\n}');
  const fields = useSignal<FieldTexts>({});
  const options = useSignal<Options>(NO_OPTIONS);
  const sent = useSignal<readonly Sent[]>([]);
  const problem = useSignal<Problem | undefined>(undefined);
  const busy = useSignal(false);
  const examples = useMemo(() => examplesOf(queue), [queue]);

  const write = (payload: string) => {
    const form = schema === undefined ? undefined : formOfValue(schema, exactOf(payload));
    if (form === undefined) {
      as.value = "json";
      text.value = payload;
    } else fields.value = form;
  };
  // Once what is resent, or the schema, is there.
  useEffect(() => {
    if (origin.data === undefined) return;
    options.value = optionsOf(origin.data);
    if (origin.data.kind === "text") {
      as.value = "text";
      text.value = payloadText(origin.data);
    } else write(payloadText(origin.data));
  }, [origin.data, schema]);

  const mode = as.value ?? (schema === undefined ? "json" : "form");
  const payload = mode === "form" ? jsonOfForm(fields.value) : text.value;
  const missing = mode === "form" ? missingOf(schema, fields.value) : [];
  const wrong =
    missing.length > 0
      ? `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`
      : mode === "text"
        ? undefined
        : jsonProblem(payload);
  const send = async () => {
    busy.value = true;
    problem.value = undefined;
    try {
      const body = bodyOf(payload, mode === "text" ? "text" : "json", options.peek());
      const answer = await request<Sent>("POST", `${path}/messages`, { body });
      sent.value = [answer, ...sent.peek()].slice(0, 8);
      await loadQueues();
    } catch (error) {
      problem.value = asProblem(error);
    }
    busy.value = false;
  };
  return (
    <>
      <PageHead
        title="Send"
        above={[
          { text: "Queues", to: places.overview },
          { text: queue, to: places.queue(queue) },
        ]}
      />
      <form
        class="send"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong === undefined) void send();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && wrong === undefined) {
            event.preventDefault();
            void send();
          }
        }}
      >
        <section class="card send-payload" aria-label="Payload">
          <div class="card-head">
            <h2>Payload</h2>
            <span class="push" />
            <div class="segments">
              {schema === undefined ? undefined : (
                <ModeChoice
                  name="form"
                  chosen={mode}
                  onChoose={() => {
                    write(payload);
                    as.value = "form";
                  }}
                />
              )}
              <ModeChoice
                name="json"
                chosen={mode}
                onChoose={() => {
                  text.value = payload;
                  as.value = "json";
                }}
              />
              <ModeChoice
                name="text"
                chosen={mode}
                onChoose={() => {
                  text.value = payload;
                  as.value = "text";
                }}
              />
            </div>
          </div>
          {mode === "form" && schema !== undefined ? (
            <SchemaForm
              schema={schema}
              texts={fields.value}
              onInput={(texts) => {
                fields.value = texts;
              }}
            />
          ) : (
            <JsonEditor
              label="Payload"
              value={text.value}
              problem={wrong}
              onInput={(value) => {
                text.value = value;
              }}
            />
          )}
          {problem.value === undefined ? undefined : <ProblemNote problem={problem.value} />}
          <div class="send-actions">
            <Button
              submit
              kind="primary"
              icon="send"
              disabled={busy.value || wrong !== undefined}
              title="Ctrl Enter"
              changes
            >
              Send
            </Button>
            {missing.length === 0 ? undefined : <span class="hint send-missing">{wrong}</span>}
            {sent.value.length === 0 ? undefined : (
              <ul class="sent" aria-label="Sent" aria-live="polite">
                {sent.value.map(({ id, deduplicated }, index) => (
                  <li key={`${id} ${sent.value.length - index}`}>
                    {deduplicated ? "was sent before: " : "sent "}
                    <Link to={places.message(queue, id)} class="mono">
                      {id}
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </div>
        </section>
        <div class="send-side">
          <SendOptions
            options={options.value}
            fifo={data?.fifo === true}
            capabilities={data?.capabilities}
            onChange={(value) => {
              options.value = value;
            }}
          />
          <Examples examples={examples} payload={payload} onChoose={write} />
        </div>
      </form>
    </>
  );
}

interface ModeChoiceProps {
  readonly name: Mode;
  readonly chosen: string;
  readonly onChoose: () => void;
}

function ModeChoice({ name, chosen, onChoose }: ModeChoiceProps) {
  return (
    <label>
      <input type="radio" name="as" checked={name === chosen} onChange={onChoose} />
      <span>{name === "json" ? "JSON" : name}</span>
    </label>
  );
}

/** The fields that the schema wants and that are not filled in. */
function missingOf(schema: JsonSchema | undefined, texts: FieldTexts): readonly string[] {
  return (schema?.required ?? []).filter((name) => (texts[name] ?? "") === "");
}

function exactOf(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
