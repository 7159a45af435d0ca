import type { Place } from "@alienplatform/deploy";

/** Where a stage is on AWS: all that names and ARNs are made of. */
export interface AwsPlace {
  readonly stack: string;
  readonly stage: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** What `connect` found, checked: it comes out of plans and states too. */
export function awsPlace({ stack, stage, settings }: Place): AwsPlace {
  const { account, region } = settings;
  if (account === undefined || region === undefined) {
    throw new TypeError("a place on AWS has { settings: { account, region } }");
  }
  return { stack, stage, account, region };
}
