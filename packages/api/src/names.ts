import { z } from "zod";

type Shape = Readonly<Record<string, z.ZodType>>;

type Fields<S extends Shape> = Exact<z.output<z.ZodObject<S, z.core.$strict>>>;

/** What is undefined is left out. */
type Exact<T> = {
  [K in keyof T]: undefined extends T[K] ? Exclude<T[K], undefined> : T[K];
};

/** What a request may hold: each name in camelCase and in snake_case, and no other. */
export function fields<const S extends Shape>(shape: S): z.ZodType<Fields<S>> {
  const both: Record<string, z.ZodType> = { ...shape };
  for (const [name, schema] of Object.entries(shape)) {
    const other = snake(name);
    if (other !== name) both[other] = schema.describe(`The same as ${name}.`);
  }
  // Names of two words are all optional, and each alias has the schema of its name: what comes out is what `shape` says.
  return z.strictObject(both).transform((given) => {
    const read: Record<string, unknown> = {};
    for (const name of Object.keys(shape)) {
      const value = given[name] ?? given[snake(name)];
      if (value !== undefined) read[name] = value;
    }
    return read;
  }) as unknown as z.ZodType<Fields<S>>;
}

/** The names of what fields() made, for whoever mistyped one. */
export function namesOf(schema: z.ZodType): readonly string[] {
  const object = schema instanceof z.ZodPipe ? schema.in : schema;
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
