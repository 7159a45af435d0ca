import type { Right } from "@alienplatform/core";

/** What a function may do with a queue: as it is linked, or as its consumer. */
export type QueueRight = Right | "trigger";

/** The actions of a right, by the queue that they are on. Batch calls have no actions of their own. */
export interface QueueActions {
  readonly queue: readonly string[];
  /** On where its dead letters go. */
  readonly deadLetters: readonly string[];
  /** On the queue too, unless it is FIFO: what is put off there comes again as a copy. */
  readonly copies: readonly string[];
  /** On the state table of the stage. */
  readonly table: readonly string[];
  /** On the schedules that delay the messages of a FIFO queue. */
  readonly schedules: readonly string[];
  /** On the role that they send with, to give it to EventBridge Scheduler. */
  readonly delayRole: readonly string[];
  /** Where the queue is FIFO, on all: AWS gives it on no less. The call asks for one group. */
  readonly listing: readonly string[];
}

/** What every right asks of the state table: keys, records and turns are read, and written under a condition. */
const WRITE_STATE = ["dynamodb:GetItem", "dynamodb:PutItem"];

/** Of those who send nothing new: what waits for its retry in a FIFO queue waits in SQS. */
const NO_DELAY = { schedules: [], delayRole: [], listing: [] };

/** What each right is on SQS: the least that the calls of the run-time half need. */
export const QUEUE_ACTIONS: Readonly<Record<QueueRight, QueueActions>> = {
  send: {
    queue: ["sqs:SendMessage"],
    deadLetters: [],
    copies: [],
    // A key is given back where its message is refused.
    table: [...WRITE_STATE, "dynamodb:DeleteItem"],
    schedules: ["scheduler:CreateSchedule"],
    delayRole: ["iam:PassRole"],
    listing: [],
  },
  receive: {
    queue: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
    // A dead letter is a copy.
    deadLetters: ["sqs:SendMessage"],
    copies: ["sqs:SendMessage"],
    table: [...WRITE_STATE, "dynamodb:DeleteItem"],
    ...NO_DELAY,
  },
  trigger: {
    queue: [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      // Lambda asks for it in the function's name: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      "sqs:GetQueueAttributes",
    ],
    deadLetters: ["sqs:SendMessage"],
    copies: ["sqs:SendMessage"],
    table: [...WRITE_STATE, "dynamodb:DeleteItem"],
    ...NO_DELAY,
  },
  operate: {
    // SendMessage is redrive.
    queue: ["sqs:GetQueueAttributes", "sqs:PurgeQueue", "sqs:SendMessage"],
    // They are looked at by taking them on loan; an edited or imported one is sent.
    deadLetters: [
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:SendMessage",
    ],
    copies: [],
    // Jobs are listed.
    table: [...WRITE_STATE, "dynamodb:Query"],
    // What is delayed is counted, and purged.
    schedules: ["scheduler:DeleteSchedule"],
    delayRole: [],
    listing: ["scheduler:ListSchedules"],
  },
};

/** To write to its own log group, which is made before it. */
export const LOG_ACTIONS: readonly string[] = ["logs:CreateLogStream", "logs:PutLogEvents"];

/** To read its secrets, ten in a call. What encrypts them is AWS's own key, which asks for no right. */
export const SECRET_ACTIONS: readonly string[] = ["ssm:GetParameters"];
