import type { QueueResource } from "@alienplatform/core";
import { arnOf } from "../arn.ts";
import type { AwsPlace } from "../aws-place.ts";
import type { AwsStack } from "../aws-stack.ts";
import { deadLettersName, queueName } from "../names.ts";

/** Of a declared queue. */
export function queueArn(place: AwsPlace, queue: QueueResource): string {
  return arnOf("sqs", queueName(place, queue), place);
}

/** Of where its dead letters go: the sibling, or the queue that it declares for them. */
export function deadLettersArn({ place, queue }: AwsStack, from: QueueResource): string {
  return from.deadLetters === undefined
    ? arnOf("sqs", deadLettersName(place, from), place)
    : queueArn(place, queue(from.deadLetters));
}
