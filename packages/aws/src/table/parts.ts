import { arnOf } from "../arn.ts";
import type { TypedPart } from "../aws-part.ts";
import type { AwsPlace } from "../aws-place.ts";
import type { AwsStack } from "../aws-stack.ts";
import { stateTableName } from "../names.ts";
import { ATTRIBUTE } from "./dynamo-table.ts";

/** The address of the state table among the parts. */
export const STATE_PART = "state";

/**
 * The table that a stage keeps its state in, where it has a queue: a key, a limit or a delay is given at the send and
 * declared nowhere, and a table that nobody asks costs nothing.
 */
export function tableParts(stack: AwsStack): readonly TypedPart<"dynamodb-table">[] {
  const { place } = stack;
  if (stack.queues().length === 0) return [];
  const name = stateTableName(place);
  return [
    {
      id: STATE_PART,
      type: "dynamodb-table",
      name,
      resource: place.stack,
      config: {
        billingMode: "PAY_PER_REQUEST",
        partitionKey: ATTRIBUTE.partition,
        sortKey: ATTRIBUTE.sort,
        timeToLive: ATTRIBUTE.removedFrom,
      },
      known: { name, arn: stateTableArn(place) },
    },
  ];
}

/** What rights on the table are given on. */
export function stateTableArn(place: AwsPlace): string {
  return arnOf("dynamodb", `table/${stateTableName(place)}`, place);
}
