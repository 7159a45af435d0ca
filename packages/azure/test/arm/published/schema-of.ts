import {
  type Properties,
  type PublishedType,
  READ_ONLY,
  REQUIRED,
  type Reference,
  WRITE_ONLY,
} from "./published-types.ts";

/** A JSON Schema. */
export type Schema = boolean | { readonly [key: string]: unknown };

/** What somebody asks a resource to be, or what Azure answers that it is. */
export type Side = "request" | "answer";

/** A published type as a JSON Schema whose references are into `$defs` of the same numbers. */
export function schemaOf(type: PublishedType, side: Side): Schema {
  switch (type.$type) {
    case "AnyType":
      return true;
    case "NullType":
      return { type: "null" };
    case "BooleanType":
      return { type: "boolean" };
    case "IntegerType":
      return { type: "integer", ...bounds(type.minValue, type.maxValue, "imum") };
    case "StringType": {
      const { pattern } = type;
      return {
        type: "string",
        ...bounds(type.minLength, type.maxLength, "Length"),
        ...(pattern === undefined ? {} : { pattern }),
      };
    }
    case "StringLiteralType":
      return { const: type.value };
    case "UnionType":
      return { anyOf: type.elements.map(placed) };
    case "ArrayType":
      return {
        type: "array",
        items: placed(type.itemType),
        ...bounds(type.minLength, type.maxLength, "Items"),
      };
    case "ObjectType":
      return objectOf(type.properties, side, type.additionalProperties);
    case "DiscriminatedObjectType":
      return discriminated(type);
    case "ResourceType":
      return placed(type.body);
  }
}

function bounds(
  least: number | undefined,
  most: number | undefined,
  of: "imum" | "Length" | "Items",
): Schema & object {
  return {
    ...(least === undefined ? {} : { [`min${of}`]: least }),
    ...(most === undefined ? {} : { [`max${of}`]: most }),
  };
}

function placed({ $ref }: Reference): Schema {
  return { $ref: $ref.replace("#/", "#/$defs/") };
}

function objectOf(properties: Properties, side: Side, others?: Reference): Schema & object {
  const given = Object.entries(properties);
  const hidden = side === "request" ? READ_ONLY : WRITE_ONLY;
  return {
    type: "object",
    properties: Object.fromEntries(
      given.map(([name, { type, flags }]) => [name, (flags & hidden) === 0 && placed(type)]),
    ),
    required: given
      .filter(([, { flags }]) => (flags & REQUIRED) !== 0 && (flags & hidden) === 0)
      .map(([name]) => name),
    additionalProperties: others === undefined ? false : placed(others),
  };
}

/** Which of several objects it is, one of its properties tells. */
function discriminated({ discriminator, elements }: Discriminated): Schema {
  return {
    type: "object",
    required: [discriminator],
    properties: { [discriminator]: { enum: Object.keys(elements) } },
    allOf: Object.entries(elements).map(([name, element]) => ({
      if: { properties: { [discriminator]: { const: name } } },
      // biome-ignore lint/suspicious/noThenProperty: it is the word of JSON Schema.
      then: placed(element),
    })),
  };
}

type Discriminated = Extract<PublishedType, { $type: "DiscriminatedObjectType" }>;
