/** One type, as Microsoft's generator writes it: https://github.com/Azure/bicep-types. Others are named by their place. */
export type PublishedType =
  | { readonly $type: "AnyType" | "BooleanType" | "NullType" }
  | { readonly $type: "IntegerType"; readonly minValue?: number; readonly maxValue?: number }
  | {
      readonly $type: "StringType";
      readonly minLength?: number;
      readonly maxLength?: number;
      readonly pattern?: string;
    }
  | { readonly $type: "StringLiteralType"; readonly value: string }
  | { readonly $type: "UnionType"; readonly elements: readonly Reference[] }
  | {
      readonly $type: "ArrayType";
      readonly itemType: Reference;
      readonly minLength?: number;
      readonly maxLength?: number;
    }
  | {
      readonly $type: "ObjectType";
      readonly properties: Properties;
      readonly additionalProperties?: Reference;
    }
  | {
      readonly $type: "DiscriminatedObjectType";
      readonly discriminator: string;
      readonly elements: Readonly<Record<string, Reference>>;
    }
  | { readonly $type: "ResourceType"; readonly body: Reference };

/** "#/12": the thirteenth. */
export interface Reference {
  readonly $ref: string;
}

export type Properties = Readonly<
  Record<string, { readonly type: Reference; readonly flags: number }>
>;

/** Bits of a property's `flags`. */
export const REQUIRED = 1;
export const READ_ONLY = 2;
export const WRITE_ONLY = 4;

/** What `vendor.ts` writes. */
export interface PublishedTypes {
  readonly source: string;
  /** Every version of each type's API, as Microsoft publishes them. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** By type and version, "Microsoft.ServiceBus/namespaces@2021-11-01": where among the types it is. */
  readonly resources: Readonly<Record<string, number>>;
  readonly types: readonly PublishedType[];
}
