import type { AwsPlace } from "./aws-place.ts";

/** The ARN of what a service has in this region: `arnOf("sqs", "shop-dev-tasks", place)`. */
export function arnOf(service: string, resource: string, { account, region }: AwsPlace): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
}

/** The same where a service knows no regions, as IAM. */
export function globalArnOf(service: string, resource: string, place: AwsPlace): string {
  return `arn:${partitionOf(place.region)}:${service}::${place.account}:${resource}`;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
