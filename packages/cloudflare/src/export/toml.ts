/** What stands for a key of a table: strings, numbers, booleans and lists of strings. */
export type TomlValue = string | number | boolean | readonly string[];

export interface TomlTable {
  /** "observability"; "queues.producers" where there are several. Undefined at the top. */
  readonly name?: string;
  /** Whether it is one of several. */
  readonly repeated?: boolean;
  readonly values: Readonly<Record<string, TomlValue>>;
}

/** Tables as TOML 1.0 has them: https://toml.io/en/v1.0.0 */
export function toToml(tables: readonly TomlTable[]): string {
  return `${tables.map(tableText).join("\n\n")}\n`;
}

function tableText({ name, repeated = false, values }: TomlTable): string {
  const lines = Object.entries(values).map(
    ([key, value]) => `${keyText(key)} = ${valueText(value)}`,
  );
  if (name === undefined) return lines.join("\n");
  return [repeated ? `[[${name}]]` : `[${name}]`, ...lines].join("\n");
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : stringText(key);
}

function valueText(value: TomlValue): string {
  if (typeof value === "string") return stringText(value);
  return typeof value === "object" ? `[${value.map(stringText).join(", ")}]` : String(value);
}

/** A basic string is written as JSON writes one, but for DEL, which TOML wants escaped. */
function stringText(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}
