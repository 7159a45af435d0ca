import { AlienError, nearest } from "@alienplatform/core";

/** Those of every account, for a suggestion; AWS may have more. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "eu-central-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-north-1",
  "ap-south-1",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "sa-east-1",
];

/** REGION_INVALID for what is no name of a region in any partition, before anybody looks for its hosts. */
export function refuseMisspelt(region: string): void {
  if (/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(region)) return;
  throw new AlienError("REGION_INVALID", `"${region}" is not a region of AWS`, {
    fix: `Name one with --region or AWS_REGION: ${nearRegions(region).join(", ")}.`,
    details: { region },
  });
}

/** What may have been meant; else two that everybody has. */
export function nearRegions(region: string): readonly string[] {
  const near = nearest(region, REGIONS);
  return near.length === 0 ? ["eu-central-1", "us-east-1"] : near;
}
