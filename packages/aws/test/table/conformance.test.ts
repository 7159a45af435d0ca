import { once } from "node:events";
import { tableConformance } from "@alienplatform/bindings/conformance";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { afterAll, describe, it } from "vitest";
import { dynamoWorlds, makeTable } from "./dynamo-world.ts";

const server = dynalite({ createTableMs: 0 });
server.listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => void server.close());

const address = server.address();
if (typeof address !== "object" || address === null) throw new Error("dynalite has no port");
const where = {
  endpoint: `http://127.0.0.1:${address.port}`,
  region: "eu-central-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
};
const admin = new DynamoDBClient(where);
await makeTable(admin);
admin.destroy();

tableConformance({
  name: "DynamoDB on dynalite",
  open: dynamoWorlds(where),
  runner: { describe, it },
});
