import type { DeclaredStack, Place } from "@alienplatform/deploy";

/** Where a stage is on Azure: all that names and resource ids are made of. */
export interface AzurePlace {
  readonly stack: string;
  readonly stage: string;
  /** The subscription's GUID. */
  readonly subscription: string;
  /** In one word and small letters, as resources name it: "westeurope". */
  readonly region: string;
}

/** A stack at its place on Azure. */
export type AzureStack = DeclaredStack<AzurePlace>;

/** What `connect` found, checked: it comes out of plans and states too. */
export function azurePlace({ stack, stage, settings }: Place): AzurePlace {
  const { subscription, region } = settings;
  if (subscription === undefined || region === undefined) {
    throw new TypeError("a place on Azure has { settings: { subscription, region } }");
  }
  return { stack, stage, subscription, region };
}

/** "West Europe", as people and some resources write it, is "westeurope". */
export function regionName(text: string): string {
  return text.replaceAll(" ", "").toLowerCase();
}
