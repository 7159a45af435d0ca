/** What a JSON value has to be; answers where it is something else, in words. */
export type Shape = (value: unknown, path: string) => string | undefined;

export const text: Shape = (value, path) =>
  typeof value === "string" ? undefined : `${path} is no string`;

export const flag: Shape = (value, path) =>
  typeof value === "boolean" ? undefined : `${path} is no boolean`;

/** Whole, and within the limits. */
export function number(min: number, max: number): Shape {
  return (value, path) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `${path} is no whole number from ${min} to ${max}: ${JSON.stringify(value)}`;
}

export function matching(pattern: RegExp): Shape {
  return (value, path) =>
    typeof value === "string" && pattern.test(value)
      ? undefined
      : `${path} does not match ${pattern}: ${JSON.stringify(value)}`;
}

export function oneOf(...values: readonly unknown[]): Shape {
  return (value, path) =>
    values.includes(value) ? undefined : `${path} is none of ${values.join(", ")}`;
}

export function listOf(shape: Shape, most = Number.POSITIVE_INFINITY): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} is no list`;
    if (value.length > most) return `${path} has ${value.length} items; ${most} at most`;
    return first(value.map((item, index) => shape(item, `${path}[${index}]`)));
  };
}

/** These fields and no others; those after "?" may be missing. */
export function record(fields: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return `${path} is no object`;
    }
    const found = new Map(Object.entries(value));
    const wrong = Object.entries(fields).map(([field, shape]) => {
      const name = field.replace(/\?$/, "");
      const inside = found.get(name);
      found.delete(name);
      if (inside !== undefined) return shape(inside, `${path}.${name}`);
      return field.endsWith("?") ? undefined : `${path}.${name} is missing`;
    });
    const [unknown] = found.keys();
    return first([...wrong, unknown === undefined ? undefined : `${path}.${unknown} is unknown`]);
  };
}

/** By the value of a field. */
export function byField(field: string, shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    const kind = String((value as Readonly<Record<string, unknown>> | null)?.[field]);
    const shape = shapes[kind];
    return shape === undefined ? `${path}.${field} is ${kind}` : shape(value, path);
  };
}

function first(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
