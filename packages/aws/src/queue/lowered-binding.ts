import { declaredBinding } from "@alienplatform/bindings/declared";
import type { QueueResource } from "@alienplatform/core";
import { type Json, ref } from "@alienplatform/deploy";
import type { AwsStack } from "../aws-stack.ts";
import { isOneByOne } from "../function/batching.ts";
import { functionName, stateTableName } from "../names.ts";
import { delayRolePartId } from "../schedule/parts.ts";
import { deadLettersPartId, queuePartId } from "./parts.ts";

/** What ALIEN_<ID>_BINDING holds for a queue, with references to what SQS calls it. */
export function loweredBinding(
  queue: QueueResource,
  stack: AwsStack,
): { readonly [key: string]: Json } {
  const consumer = stack.consumerOf(queue.id);
  return declaredBinding(queue, "aws", {
    url: ref(queuePartId(queue.id), "url"),
    deadLetterUrl: ref(deadLettersPartId(queue), "url"),
    region: stack.place.region,
    // As short as can be: a function has 4 KB for its whole environment.
    table: stateTableName(stack.place),
    ...(queue.fifo === undefined ? {} : { scheduler: ref(delayRolePartId(queue), "arn") }),
    ...(isOneByOne(queue) && consumer !== undefined ? { oneGroup: true } : {}),
    ...(consumer === undefined ? {} : { consumer: functionName(stack.place, consumer.id) }),
  });
}
