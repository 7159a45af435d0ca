import type { PartConfigs } from "./part-configs.ts";

/** What somebody who deploys may do with one type of part, and on what. */
export interface DeployerActions {
  readonly actions: readonly string[];
  /** Its ARNs; `<...>` stands for what is the stage's own. */
  readonly on: string;
}

const LAMBDA = "arn:aws:lambda:<region>:<account>";

/** By the type of part: the calls of its controller, and what these ask for beside their own action. */
export const DEPLOYER_ACTIONS: Readonly<Record<keyof PartConfigs, DeployerActions>> = {
  "sqs-queue": {
    actions: [
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ListQueueTags",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
    ],
    on: "arn:aws:sqs:<region>:<account>:<stack>-<stage>-*",
  },
  "iam-role": {
    actions: [
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      // To give it to its function. A sender gives Scheduler the other kind.
      "iam:PassRole",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ],
    on: "arn:aws:iam::<account>:role/alien/<stack>/<stage>/<region>/*",
  },
  "log-group": {
    actions: [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:FilterLogEvents",
      "logs:ListTagsForResource",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
    ],
    on: "arn:aws:logs:<region>:<account>:log-group:/aws/lambda/<stack>-<stage>-*",
  },
  "lambda-function": {
    actions: [
      "lambda:CreateFunction",
      "lambda:DeleteFunction",
      "lambda:DeleteFunctionConcurrency",
      "lambda:GetFunction",
      // GetFunction answers the tags to those alone who may list them.
      "lambda:ListTags",
      "lambda:PutFunctionConcurrency",
      "lambda:TagResource",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
    ],
    on: `${LAMBDA}:function:<stack>-<stage>-*`,
  },
  "function-url": {
    actions: [
      "lambda:AddPermission",
      "lambda:CreateFunctionUrlConfig",
      "lambda:DeleteFunctionUrlConfig",
      "lambda:GetFunctionUrlConfig",
      "lambda:GetPolicy",
      "lambda:RemovePermission",
      "lambda:UpdateFunctionUrlConfig",
    ],
    on: `${LAMBDA}:function:<stack>-<stage>-*`,
  },
  "event-source-mapping": {
    actions: [
      "lambda:DeleteEventSourceMapping",
      "lambda:GetEventSourceMapping",
      "lambda:ListTags",
      "lambda:TagResource",
      "lambda:UpdateEventSourceMapping",
    ],
    on: `${LAMBDA}:event-source-mapping:*`,
  },
  "ssm-parameter": {
    actions: [
      "ssm:AddTagsToResource",
      "ssm:DeleteParameter",
      "ssm:ListTagsForResource",
      "ssm:PutParameter",
    ],
    on: "arn:aws:ssm:<region>:<account>:parameter/alien/<stack>/<stage>/*",
  },
  "dynamodb-table": {
    actions: [
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:DescribeTable",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:ListTagsOfResource",
      "dynamodb:TagResource",
      "dynamodb:UpdateTable",
      "dynamodb:UpdateTimeToLive",
    ],
    on: "arn:aws:dynamodb:<region>:<account>:table/<stack>-<stage>-*",
  },
  "schedule-group": {
    actions: [
      "scheduler:CreateScheduleGroup",
      // What DeleteScheduleGroup asks for beside its own: the pattern has groups, and the schedules in them.
      "scheduler:DeleteSchedule",
      "scheduler:DeleteScheduleGroup",
      "scheduler:GetScheduleGroup",
      "scheduler:ListTagsForResource",
      "scheduler:TagResource",
    ],
    on: "arn:aws:scheduler:<region>:<account>:schedule*/<stack>-<stage>-*",
  },
};

/** What AWS lets nobody do on single things: it knows no ARN for it, or none beforehand. */
export const DEPLOYER_ACTIONS_ON_ALL: readonly string[] = [
  "iam:ListRoles",
  "lambda:CreateEventSourceMapping",
  "lambda:ListEventSourceMappings",
  "logs:DescribeLogGroups",
  "scheduler:ListScheduleGroups",
  "scheduler:ListSchedules",
  "ssm:DescribeParameters",
  "tag:GetResources",
];

/** Where the state is in S3, on the objects under its URL. */
export const STATE_ACTIONS: readonly string[] = ["s3:GetObject", "s3:PutObject"];

/**
 * On the bucket itself: nobody is to list it, but without this S3 says of an object that is not there that it is forbidden.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export const STATE_BUCKET_ACTIONS: readonly string[] = ["s3:ListBucket"];
