import {
  type Change,
  type Controller,
  changed,
  marksMissing,
  type Owner,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  refuseOthers,
  STATE_HELD,
  settle,
} from "@alienplatform/deploy";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTagsOfResourceCommand,
  type TableDescription,
  TagResourceCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { DynamoDbTableConfig } from "../part-configs.ts";
import { ownerOfList, tagListOf } from "./owner-tags.ts";
import { unlessGone } from "./unless-gone.ts";

/** A table as DynamoDB has it. Its id is the ARN. */
export interface DynamoDbTablePart extends RemotePart {
  readonly billingMode: string;
  /** Undefined where nothing is removed by its time. */
  readonly timeToLive?: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** DynamoDB makes and removes a table in seconds. */
const SETTLED_WITHIN_MS = 120_000;

const GONE = "ResourceNotFoundException";

const KEY_REPLACED = "a table has its key for good";

/** Makes the table that a stage keeps its state in. */
export class DynamoDbTableController implements Controller<DynamoDbTableConfig, DynamoDbTablePart> {
  readonly api = "dynamodb";
  readonly #dynamodb: DynamoDBClient;

  constructor(dynamodb: DynamoDBClient) {
    this.#dynamodb = dynamodb;
  }

  async read(context: PartContext<DynamoDbTableConfig>): Promise<DynamoDbTablePart | undefined> {
    const { name, signal: abortSignal } = context;
    const found = await this.#describe(name, abortSignal);
    if (found === undefined) return undefined;
    const arn = found.TableArn ?? "";
    const owner = await ownerUnlessRemembered(context, arn, () => this.#owner(arn, abortSignal));
    const { TimeToLiveDescription: lives } = await this.#dynamodb.send(
      new DescribeTimeToLiveCommand({ TableName: name }),
      { abortSignal },
    );
    // What is being enabled ends as enabled.
    const removes = ["ENABLED", "ENABLING"].includes(lives?.TimeToLiveStatus ?? "");
    return {
      ...partOf(found),
      ...owner,
      ...(removes && lives?.AttributeName !== undefined ? { timeToLive: lives.AttributeName } : {}),
    };
  }

  diff(config: DynamoDbTableConfig, remote: DynamoDbTablePart): readonly Change[] {
    return [
      ...changed("partitionKey", remote.partitionKey, config.partitionKey, KEY_REPLACED),
      ...changed("sortKey", remote.sortKey, config.sortKey, KEY_REPLACED),
      ...changed("billingMode", remote.billingMode, config.billingMode),
      ...changed("timeToLive", remote.timeToLive, config.timeToLive),
    ];
  }

  async create(
    context: PartContext<DynamoDbTableConfig>,
    { billingMode, partitionKey, sortKey }: DynamoDbTableConfig,
  ): Promise<DynamoDbTablePart> {
    const { name, owner, signal: abortSignal } = context;
    await this.#dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: billingMode,
        AttributeDefinitions: [partitionKey, sortKey].map((AttributeName) => ({
          AttributeName,
          AttributeType: "S" as const,
        })),
        KeySchema: [
          { AttributeName: partitionKey, KeyType: "HASH" },
          { AttributeName: sortKey, KeyType: "RANGE" },
        ],
        Tags: tagListOf(owner),
      }),
      { abortSignal },
    );
    return { ...(await this.#active(context)), owner };
  }

  async update(
    context: PartContext<DynamoDbTableConfig>,
    { billingMode, timeToLive }: DynamoDbTableConfig,
    remote: DynamoDbTablePart,
    changes: readonly Change[],
  ): Promise<DynamoDbTablePart> {
    const { name: TableName, owner, signal: abortSignal } = context;
    const differs = (setting: string) => changes.some(({ path }) => path === setting);
    // A table that is being made or changed takes no change.
    await this.#active(context);
    if (differs("billingMode")) {
      const command = new UpdateTableCommand({ TableName, BillingMode: billingMode });
      await this.#dynamodb.send(command, { abortSignal });
      await this.#active(context);
    }
    if (differs("timeToLive")) {
      const TimeToLiveSpecification = { AttributeName: timeToLive, Enabled: true };
      const command = new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification });
      await this.#dynamodb.send(command, { abortSignal });
    }
    if (marksMissing(changes)) {
      const command = new TagResourceCommand({ ResourceArn: remote.id, Tags: tagListOf(owner) });
      await this.#dynamodb.send(command, { abortSignal });
    }
    return { ...remote, owner, billingMode, timeToLive };
  }

  async delete(context: PartContext<DynamoDbTableConfig>): Promise<void> {
    const { name: TableName, signal: abortSignal } = context;
    const found = await this.#describe(TableName, abortSignal);
    if (found === undefined) return;
    refuseOthers(await this.#owner(found.TableArn ?? "", abortSignal), context);
    if (found.TableStatus !== "DELETING") {
      const command = new DeleteTableCommand({ TableName });
      await unlessGone(this.#dynamodb.send(command, { abortSignal }), GONE);
    }
    // Until then no other one of its name can be made.
    await settle(context, `the table ${TableName} is deleted`, SETTLED_WITHIN_MS, async () =>
      (await this.#describe(TableName, abortSignal)) === undefined ? true : undefined,
    );
  }

  #active(context: PartContext<DynamoDbTableConfig>): Promise<DynamoDbTablePart> {
    const { name, signal } = context;
    return settle(context, `the table ${name} is ready`, SETTLED_WITHIN_MS, async () => {
      const found = await this.#describe(name, signal);
      return found?.TableStatus === "ACTIVE" ? partOf(found) : undefined;
    });
  }

  async #describe(
    TableName: string,
    abortSignal: AbortSignal,
  ): Promise<TableDescription | undefined> {
    const command = new DescribeTableCommand({ TableName });
    return (await unlessGone(this.#dynamodb.send(command, { abortSignal }), GONE))?.Table;
  }

  async #owner(ResourceArn: string, abortSignal: AbortSignal): Promise<Owner | undefined> {
    const command = new ListTagsOfResourceCommand({ ResourceArn });
    const answer = await unlessGone(this.#dynamodb.send(command, { abortSignal }), GONE);
    return ownerOfList(answer?.Tags);
  }
}

function partOf(found: TableDescription): DynamoDbTablePart {
  const { TableArn: arn = "", TableName: name = "", KeySchema = [], BillingModeSummary } = found;
  const key = (type: string) =>
    KeySchema.find(({ KeyType }) => KeyType === type)?.AttributeName ?? "";
  return {
    id: arn,
    attributes: { arn, name },
    holds: STATE_HELD,
    isAside: true,
    // DynamoDB says nothing of a table that was made as a provisioned one.
    billingMode: BillingModeSummary?.BillingMode ?? "PROVISIONED",
    partitionKey: key("HASH"),
    sortKey: key("RANGE"),
  };
}
