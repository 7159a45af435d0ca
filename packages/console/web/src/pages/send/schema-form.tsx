import type { JsonSchema } from "../../data/model.ts";
import { exactText } from "../../json/exact.ts";
import { Field, Select, TextInput } from "../../parts/field.tsx";

/** What a form of a schema's fields can hold: the JSON text of each. */
export type FieldTexts = Readonly<Record<string, string>>;

/** Whether each field of the schema is one that a form has a control for. */
export function isFormable(schema: JsonSchema | undefined): schema is JsonSchema {
  return (
    schema?.type === "object" &&
    schema.properties !== undefined &&
    Object.values(schema.properties).every((field) => controlOf(field) !== undefined)
  );
}

type Control = "choice" | "text" | "number" | "boolean" | "json";

function controlOf(schema: JsonSchema): Control | undefined {
  if (schema.enum !== undefined || schema.const !== undefined) return "choice";
  switch (schema.type) {
    case "string":
      return "text";
    case "number":
    case "integer":
      return "number";
    case "boolean":
      return "boolean";
    default:
      return "json";
  }
}

interface SchemaFormProps {
  readonly schema: JsonSchema;
  readonly texts: FieldTexts;
  readonly onInput: (texts: FieldTexts) => void;
}

/** One control for each field of an object's schema. */
export function SchemaForm({ schema, texts, onInput }: SchemaFormProps) {
  return (
    <div class="schema-form">
      {Object.entries(schema.properties ?? {}).map(([name, field]) => (
        <SchemaField
          key={name}
          name={name}
          schema={field}
          isRequired={schema.required?.includes(name) === true}
          text={texts[name] ?? ""}
          onInput={(text) => onInput({ ...texts, [name]: text })}
        />
      ))}
    </div>
  );
}

interface SchemaFieldProps {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  readonly text: string;
  readonly onInput: (text: string) => void;
}

function SchemaField({ name, schema, isRequired, text, onInput }: SchemaFieldProps) {
  const control = controlOf(schema);
  const label = `${name}${isRequired ? "" : " (optional)"}`;
  const problem = text === "" ? undefined : fieldProblem(schema, text);
  return (
    <Field label={label} hint={hintOf(schema)} problem={problem}>
      {control === "choice" || control === "boolean" ? (
        <Select
          value={text}
          choices={[
            ...(isRequired && text !== "" ? [] : [["", "–"] as const]),
            ...choicesOf(schema).map((each) => [each, shown(each)] as const),
          ]}
          onChange={onInput}
        />
      ) : control === "text" ? (
        <TextInput
          value={text === "" ? "" : String(JSON.parse(text))}
          onInput={(value) => onInput(value === "" ? "" : JSON.stringify(value))}
        />
      ) : control === "number" ? (
        <TextInput value={text} mono onInput={(value) => onInput(value.trim())} />
      ) : (
        <textarea
          class="input mono"
          rows={4}
          spellcheck={false}
          value={text}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function choicesOf({ enum: choices, const: only }: JsonSchema): readonly string[] {
  if (choices !== undefined) return choices.map((each) => JSON.stringify(each));
  return only === undefined ? ["true", "false"] : [JSON.stringify(only)];
}

function shown(json: string): string {
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}

/** What to type; of a text and of a choice nobody has to be told. */
const KINDS: Readonly<Record<string, string>> = {
  integer: "a whole number",
  number: "a number",
  array: 'a JSON array, like ["a", "b"]',
  object: 'a JSON object, like {"a": 1}',
  null: "null",
};

/** What a schema's formats are to whoever types. */
const FORMATS: Readonly<Record<string, string>> = {
  uri: "an address, like https://example.com",
  email: "like ann@example.com",
  date: "like 2026-01-31",
  time: "like 09:30:00",
  "date-time": "like 2026-01-31T09:30:00Z",
};

function hintOf({ description, type, format, minimum, maximum, maxLength }: JsonSchema) {
  const facts = [
    description,
    typeof type === "string" ? KINDS[type] : undefined,
    format === undefined ? undefined : (FORMATS[format] ?? format),
    minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : `at least ${minimum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : `at most ${maximum}`,
    maxLength === undefined ? undefined : `up to ${maxLength} characters`,
  ].filter((fact) => fact !== undefined && fact !== "");
  return facts.length === 0 ? undefined : facts.join(", ");
}

function fieldProblem(schema: JsonSchema, text: string): string | undefined {
  if (controlOf(schema) === "text") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (controlOf(schema) === "number" && typeof value !== "number") return "Not a number.";
    if (schema.type === "integer" && !Number.isInteger(value)) return "Not a whole number.";
    return undefined;
  } catch {
    return controlOf(schema) === "number" ? "Not a number." : "Not JSON.";
  }
}

/** The JSON text of the object that the form says; numbers as they were typed. */
export function jsonOfForm(texts: FieldTexts): string {
  const fields = Object.entries(texts).filter(([, text]) => text !== "");
  if (fields.length === 0) return "{}";
  return `{\n${fields.map(([name, text]) => `  ${JSON.stringify(name)}: ${text}`).join(",\n")}\n}`;
}

/** The texts of a form that says this value; undefined where it has what the form does not. */
export function formOfValue(schema: JsonSchema, value: unknown): FieldTexts | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const names = Object.keys(schema.properties ?? {});
  if (Object.keys(value).some((name) => !names.includes(name))) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, exactText(each) ?? JSON.stringify(each)]),
  );
}
