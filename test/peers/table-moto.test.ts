import { tableConformance } from "@alienplatform/bindings/conformance";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { describe, it } from "vitest";
import { dynamoWorlds, makeTable } from "../../packages/aws/test/table/dynamo-world.ts";
import { enforceIam } from "./support/aws/iam-enforcement.ts";
import { startAws } from "./support/aws/start-aws.ts";

const { endpoint, region, moto } = await startAws();
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const admin = new DynamoDBClient({ endpoint, region, credentials });
await makeTable(admin);
admin.destroy();

const iam = new IAMClient({ endpoint, region, credentials });
const member = await newUser("function", ["GetItem", "PutItem", "DeleteItem", "Query"]);
const stranger = await newUser("stranger", ["DescribeTable"]);
iam.destroy();
await enforceIam(moto);

tableConformance({
  name: "DynamoDB on moto, by the rights of a function",
  open: dynamoWorlds({ endpoint, region, credentials: member }, stranger),
  runner: { describe, it },
});

/** Somebody who may do so much; moto asks for the action alone, and takes no table for one that is named. */
async function newUser(UserName: string, actions: readonly string[]) {
  const Action = actions.map((action) => `dynamodb:${action}`);
  const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "table", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
}
