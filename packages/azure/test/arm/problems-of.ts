/** A type, as Microsoft's clients describe it to their serializer. */
export interface Mapper {
  readonly serializedName?: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly defaultValue?: unknown;
  readonly constraints?: {
    readonly Pattern?: RegExp;
    readonly MinLength?: number;
    readonly MaxLength?: number;
    readonly InclusiveMinimum?: number;
    readonly InclusiveMaximum?: number;
  };
  readonly type: {
    readonly name: string;
    readonly className?: string;
    readonly allowedValues?: readonly unknown[];
    readonly value?: Mapper;
    readonly element?: Mapper;
    readonly modelProperties?: Readonly<Record<string, Mapper>>;
  };
}

type Models = Readonly<Record<string, Mapper>>;

/** What of a value is not as its type says: fields that it does not have, or lacks, and values of another kind. */
export function problemsOf(mapper: Mapper, value: unknown, models: Models, at: string): string[] {
  const { type, constraints = {} } = mapper;
  if (value === null || value === undefined)
    return mapper.required === true ? [`${at} is missing`] : [];
  if (type.name === "Composite") return composite(mapper, value, models, at);
  if (type.name === "Dictionary" || type.name === "Sequence") {
    const inside = type.value ?? type.element;
    if (typeof value !== "object") return [`${at} is no ${type.name}`];
    if (Array.isArray(value) !== (type.name === "Sequence")) return [`${at} is no ${type.name}`];
    return Object.entries(value).flatMap(([key, each]) =>
      inside === undefined ? [] : problemsOf(inside, each, models, `${at}.${key}`),
    );
  }
  const kind = KINDS[type.name];
  if (kind !== undefined && typeof value !== kind) return [`${at} is no ${type.name}`];
  if (type.allowedValues?.includes(value) === false) {
    return [`${at} is "${value}", and none of ${type.allowedValues.join(", ")}`];
  }
  return [...constrained(constraints, value, at)];
}

const KINDS: Readonly<Record<string, string>> = {
  String: "string",
  Enum: "string",
  Uuid: "string",
  TimeSpan: "string",
  DateTime: "string",
  Number: "number",
  Boolean: "boolean",
};

function* constrained(
  {
    Pattern,
    MinLength,
    MaxLength,
    InclusiveMinimum,
    InclusiveMaximum,
  }: NonNullable<Mapper["constraints"]>,
  value: unknown,
  at: string,
): Generator<string> {
  const text = String(value);
  if (Pattern !== undefined && !Pattern.test(text)) yield `${at} does not match ${Pattern}`;
  if (MinLength !== undefined && text.length < MinLength) yield `${at} is too short`;
  if (MaxLength !== undefined && text.length > MaxLength) yield `${at} is too long`;
  if (InclusiveMinimum !== undefined && Number(value) < InclusiveMinimum)
    yield `${at} is too small`;
  if (InclusiveMaximum !== undefined && Number(value) > InclusiveMaximum)
    yield `${at} is too large`;
}

/** The clients flatten: a field may be written "properties.lockDuration". */
function composite(mapper: Mapper, value: unknown, models: Models, at: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [`${at} is no object`];
  const { modelProperties = models[mapper.type.className ?? ""]?.type.modelProperties ?? {} } =
    mapper.type;
  const fields = new Map<string, Mapper>();
  const deeper = new Map<string, Record<string, Mapper>>();
  for (const field of Object.values(modelProperties)) {
    const [first = "", ...rest] = (field.serializedName ?? "").split(/(?<!\\)\./);
    const name = first.replaceAll("\\.", ".");
    if (rest.length === 0) fields.set(name, field);
    else {
      const inside = deeper.get(name) ?? {};
      inside[rest.join(".")] = { ...field, serializedName: rest.join(".") };
      deeper.set(name, inside);
    }
  }
  for (const [name, inside] of deeper) {
    fields.set(name, { type: { name: "Composite", modelProperties: inside } });
  }
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return [
    ...given.flatMap(([name, each]) => {
      const field = fields.get(name);
      if (field === undefined)
        return [`${at}.${name} is no field of ${mapper.type.className ?? "it"}`];
      if (field.readOnly === true) return [`${at}.${name} is what Azure alone sets`];
      return problemsOf(field, each, models, `${at}.${name}`);
    }),
    ...[...fields].flatMap(([name, field]) =>
      field.required === true && field.readOnly !== true && !given.some(([key]) => key === name)
        ? [`${at}.${name} is missing`]
        : [],
    ),
  ];
}
