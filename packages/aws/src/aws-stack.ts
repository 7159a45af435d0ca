import type { DeclaredStack } from "@alienplatform/deploy";
import type { AwsPlace } from "./aws-place.ts";

/** A stack at its place on AWS. */
export type AwsStack = DeclaredStack<AwsPlace>;
