/** A value of an item: text, or a number in decimal digits. */
export type Attribute = { readonly S: string } | { readonly N: string };

export type AttributeMap = Readonly<Record<string, Attribute>>;

/** When a write is to take place. */
export interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: AttributeMap;
}

/** What the four actions take, as far as a state table uses them. */
export interface DynamoInputs {
  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
  readonly GetItem: {
    readonly TableName: string;
    readonly Key: AttributeMap;
    readonly ConsistentRead: true;
  };
  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
  readonly PutItem: Condition & { readonly TableName: string; readonly Item: AttributeMap };
  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html */
  readonly DeleteItem: Condition & { readonly TableName: string; readonly Key: AttributeMap };
  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
  readonly Query: {
    readonly TableName: string;
    readonly ConsistentRead: true;
    readonly Limit: number;
    readonly KeyConditionExpression: string;
    readonly FilterExpression: string;
    readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
    readonly ExpressionAttributeValues: AttributeMap;
    readonly ExclusiveStartKey?: AttributeMap;
  };
}

/** What they answer, as far as it is read. */
export interface DynamoOutputs {
  readonly GetItem: { readonly Item?: AttributeMap };
  readonly PutItem: unknown;
  readonly DeleteItem: unknown;
  readonly Query: {
    readonly Items?: readonly AttributeMap[];
    readonly LastEvaluatedKey?: AttributeMap;
  };
}
