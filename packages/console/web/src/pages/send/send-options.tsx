import type { Message } from "../../data/model.ts";
import { Field, TextInput } from "../../parts/field.tsx";
import { CannotTell } from "../../parts/problem-note.tsx";

/** What is said beside the payload, as it is typed. */
export interface Options {
  readonly delay: string;
  readonly group: string;
  readonly priority: string;
  readonly idempotencyKey: string;
  readonly concurrencyKey: string;
  readonly concurrencyLimit: string;
  /** "name: value", one a line. */
  readonly attributes: string;
}

export const NO_OPTIONS: Options = {
  delay: "",
  group: "",
  priority: "",
  idempotencyKey: "",
  concurrencyKey: "",
  concurrencyLimit: "",
  attributes: "",
};

/** The options of a message that is sent again; never its idempotency key, with which it would not be. */
export function optionsOf({ group, priority = 0, concurrency, attributes = {} }: Message): Options {
  return {
    ...NO_OPTIONS,
    group: group ?? "",
    priority: priority === 0 ? "" : String(priority),
    concurrencyKey: concurrency?.key ?? "",
    concurrencyLimit: concurrency === undefined ? "" : String(concurrency.limit),
    attributes: Object.entries(attributes)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
  };
}

/** The body of the request: the payload letter by letter. */
export function bodyOf(payload: string, kind: "json" | "text", options: Options): string {
  const { delay, group, priority, idempotencyKey, concurrencyKey, concurrencyLimit } = options;
  const attributes = attributesOf(options.attributes);
  const rest = JSON.stringify({
    kind,
    ...(delay === "" ? {} : { delay }),
    ...(group === "" ? {} : { group }),
    ...(priority === "" ? {} : { priority: Number(priority) }),
    ...(idempotencyKey === "" ? {} : { idempotencyKey }),
    ...(concurrencyKey === ""
      ? {}
      : { concurrency: { key: concurrencyKey, limit: Number(concurrencyLimit || "1") } }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  });
  return `{"payload":${kind === "text" ? JSON.stringify(payload) : payload},${rest.slice(1)}`;
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n").filter((line) => line.includes(":"));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

interface SendOptionsProps {
  readonly options: Options;
  readonly fifo: boolean;
  /** Of the queue's platform; undefined until they are known, and where it tells none. */
  readonly capabilities: Readonly<Record<string, unknown>> | undefined;
  readonly onChange: (options: Options) => void;
}

export function SendOptions({ options, fifo, capabilities = {}, onChange }: SendOptionsProps) {
  const lacks = LACKS.filter(([name]) => capabilities[name] === false || capabilities[name] === 0);
  const can = (name: string) => !lacks.some(([lacked]) => lacked === name);
  const control = (name: keyof Options, placeholder: string) => (
    <TextInput
      value={options[name]}
      placeholder={placeholder}
      onInput={(value) => onChange({ ...options, [name]: value.trim() })}
    />
  );
  return (
    <section class="card" aria-label="Options">
      <div class="card-head">
        <h2>Options</h2>
      </div>
      <div class="options">
        {can("delayMaxMs") ? <Field label="Delay">{control("delay", "10s")}</Field> : undefined}
        {fifo ? <Field label="Group">{control("group", "customer-7")}</Field> : undefined}
        {can("priority") ? (
          <Field label="Priority">{control("priority", "0 to 9")}</Field>
        ) : undefined}
        {can("idempotency") ? (
          <Field label="Idempotency key">{control("idempotencyKey", "order-42")}</Field>
        ) : undefined}
        {can("concurrencyKeys") ? (
          <Field label="Concurrency key">{control("concurrencyKey", "customer-7")}</Field>
        ) : undefined}
        {options.concurrencyKey === "" ? undefined : (
          <Field label="At most at once">{control("concurrencyLimit", "1")}</Field>
        )}
        <Field label="Attributes" hint="name: value, one a line">
          <textarea
            class="input mono"
            rows={2}
            spellcheck={false}
            value={options.attributes}
            onInput={(event) => onChange({ ...options, attributes: event.currentTarget.value })}
          />
        </Field>
        {lacks.length === 0 ? undefined : (
          <CannotTell>
            {`${String(capabilities.service)} has no ${lacks.map(([, word]) => word).join(", no ")}.`}
          </CannotTell>
        )}
      </div>
    </section>
  );
}

/** What a platform may lack, and how it is called here. */
const LACKS = [
  ["delayMaxMs", "delay"],
  ["priority", "priorities"],
  ["idempotency", "idempotency keys"],
  ["concurrencyKeys", "concurrency keys"],
] as const;
