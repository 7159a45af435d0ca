import { randomUUID } from "node:crypto";
import type { Clock, StateTable, TableItem, TableKey, TablePage } from "@alienplatform/bindings";
import type {
  Attribute,
  AttributeMap,
  Condition,
  DynamoInputs,
  DynamoOutputs,
} from "./dynamo-calls.ts";
import { DynamoClient, DynamoFault, type DynamoPlace } from "./dynamo-client.ts";
import { tableError } from "./table-errors.ts";

/** The attributes of an item; the first two are the table's key. */
export const ATTRIBUTE = {
  partition: "pk",
  sort: "sk",
  value: "val",
  version: "ver",
  /** Milliseconds. */
  expiresAt: "exp",
  /** Seconds, from when DynamoDB may remove it: within days. */
  removedFrom: "rm",
} as const;

const NAMES = { "#version": ATTRIBUTE.version, "#expires": ATTRIBUTE.expiresAt };
const OVER = "#expires <= :now";
const NOT_OVER = "(attribute_not_exists(#expires) OR #expires > :now)";

export interface DynamoTableOptions extends DynamoPlace {
  readonly name: string;
  readonly clock: Clock;
}

/** The state table of a stage in DynamoDB: each verb is one conditional call. */
export class DynamoTable implements StateTable {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #client: DynamoClient;

  constructor({ name, clock, ...place }: DynamoTableOptions) {
    this.#name = name;
    this.#clock = clock;
    this.#client = new DynamoClient(place);
  }

  async get(key: TableKey, signal?: AbortSignal): Promise<TableItem | undefined> {
    const { Item: found } = await this.#call(
      "GetItem",
      { TableName: this.#name, Key: keyOf(key), ConsistentRead: true },
      signal,
    );
    if (found === undefined) return undefined;
    const item = toItem(found);
    return (item.expiresAt ?? Number.POSITIVE_INFINITY) > this.#clock.now() ? item : undefined;
  }

  async put(
    { partition, sort, value, expiresAt }: Omit<TableItem, "version">,
    version: string | undefined,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const next = randomUUID();
    const time = expiresAt ?? 0;
    const written = await this.#unlessRefused(
      "PutItem",
      {
        TableName: this.#name,
        Item: {
          ...keyOf({ partition, sort }),
          [ATTRIBUTE.value]: { S: value },
          [ATTRIBUTE.version]: { S: next },
          ...(expiresAt === undefined
            ? {}
            : {
                [ATTRIBUTE.expiresAt]: { N: String(time) },
                [ATTRIBUTE.removedFrom]: { N: String(Math.ceil(time / 1_000)) },
              }),
        },
        ...this.#condition(version),
      },
      signal,
    );
    return written ? next : undefined;
  }

  delete(key: TableKey, version: string, signal?: AbortSignal): Promise<boolean> {
    const input = { TableName: this.#name, Key: keyOf(key), ...this.#condition(version) };
    return this.#unlessRefused("DeleteItem", input, signal);
  }

  async list(
    partition: string,
    { limit, after }: TablePage,
    signal?: AbortSignal,
  ): Promise<readonly TableItem[]> {
    const items: TableItem[] = [];
    let last: AttributeMap | undefined;
    do {
      const page: DynamoOutputs["Query"] = await this.#call(
        "Query",
        {
          TableName: this.#name,
          ConsistentRead: true,
          Limit: limit - items.length,
          KeyConditionExpression: `#pk = :pk${after === undefined ? "" : " AND #sk > :after"}`,
          FilterExpression: NOT_OVER,
          ExpressionAttributeNames: {
            "#pk": ATTRIBUTE.partition,
            "#expires": ATTRIBUTE.expiresAt,
            ...(after === undefined ? {} : { "#sk": ATTRIBUTE.sort }),
          },
          ExpressionAttributeValues: {
            ":pk": { S: partition },
            ":now": this.#now(),
            ...(after === undefined ? {} : { ":after": { S: after } }),
          },
          ...(last === undefined ? {} : { ExclusiveStartKey: last }),
        },
        signal,
      );
      items.push(...(page.Items ?? []).map(toItem));
      // A page ends at 1 MiB, and is counted before what is over is left out.
      last = page.LastEvaluatedKey;
    } while (last !== undefined && items.length < limit);
    return items;
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  /** What is over is of no version: whoever wants to write there says that nothing is. */
  #condition(version: string | undefined): Condition {
    return version === undefined
      ? {
          ConditionExpression: `attribute_not_exists(#version) OR ${OVER}`,
          ExpressionAttributeNames: NAMES,
          ExpressionAttributeValues: { ":now": this.#now() },
        }
      : {
          ConditionExpression: `#version = :version AND ${NOT_OVER}`,
          ExpressionAttributeNames: NAMES,
          ExpressionAttributeValues: { ":now": this.#now(), ":version": { S: version } },
        };
  }

  #now(): Attribute {
    return { N: String(this.#clock.now()) };
  }

  /** False where the condition does not hold. */
  async #unlessRefused<Action extends "PutItem" | "DeleteItem">(
    action: Action,
    input: DynamoInputs[Action],
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    try {
      await this.#client.call(action, input, signal);
      return true;
    } catch (thrown) {
      const { name } = thrown instanceof DynamoFault ? thrown : { name: "" };
      if (name === "ConditionalCheckFailedException") return false;
      throw this.#error(action, thrown, signal);
    }
  }

  async #call<Action extends "GetItem" | "Query">(
    action: Action,
    input: DynamoInputs[Action],
    signal: AbortSignal | undefined,
  ): Promise<DynamoOutputs[Action]> {
    try {
      return await this.#client.call(action, input, signal);
    } catch (thrown) {
      throw this.#error(action, thrown, signal);
    }
  }

  #error(action: string, thrown: unknown, signal: AbortSignal | undefined) {
    return tableError(`${action} on table "${this.#name}"`, thrown, signal);
  }
}

function keyOf({ partition, sort }: TableKey): AttributeMap {
  return { [ATTRIBUTE.partition]: { S: partition }, [ATTRIBUTE.sort]: { S: sort } };
}

function toItem(attributes: AttributeMap): TableItem {
  const item = {
    partition: textOf(attributes[ATTRIBUTE.partition]),
    sort: textOf(attributes[ATTRIBUTE.sort]),
    value: textOf(attributes[ATTRIBUTE.value]),
    version: textOf(attributes[ATTRIBUTE.version]),
  };
  const expires = attributes[ATTRIBUTE.expiresAt];
  return expires !== undefined && "N" in expires ? { ...item, expiresAt: Number(expires.N) } : item;
}

/** What somebody else has written there may be of another form. */
function textOf(attribute: Attribute | undefined): string {
  return attribute !== undefined && "S" in attribute ? attribute.S : "";
}
