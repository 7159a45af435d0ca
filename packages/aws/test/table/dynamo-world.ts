import type { OpenTable } from "@alienplatform/bindings/conformance";
import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ATTRIBUTE, DynamoTable } from "../../src/table/dynamo-table.ts";

export interface DynamoWhere {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const TABLE = "alien-images-test";

/** Makes a table as deploy does. */
export async function makeTable(admin: DynamoDBClient): Promise<void> {
  await admin.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: ATTRIBUTE.partition, AttributeType: "S" },
        { AttributeName: ATTRIBUTE.sort, AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: ATTRIBUTE.partition, KeyType: "HASH" },
        { AttributeName: ATTRIBUTE.sort, KeyType: "RANGE" },
      ],
    }),
  );
}

/** Opens connections to it; `stranger` is somebody who may not use it, where the service knows such. */
export function dynamoWorlds(where: DynamoWhere, stranger?: DynamoWhere["credentials"]): OpenTable {
  return async (clock) => {
    const opened: DynamoTable[] = [];
    const open = async (other: Partial<DynamoWhere & { name: string }> = {}) => {
      const table = new DynamoTable({ name: TABLE, ...where, clock, ...other });
      opened.push(table);
      return table;
    };
    return {
      table: await open(),
      another: () => open(),
      at: (address) => open({ endpoint: `http://${address}` }),
      missing: () => open({ name: "alien-images-gone" }),
      ...(stranger === undefined ? {} : { forbidden: () => open({ credentials: stranger }) }),
      close: async () => void (await Promise.all(opened.map((table) => table.close()))),
    };
  };
}
