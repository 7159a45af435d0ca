import { type IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  type EventSourceMappingConfiguration,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
} from "@aws-sdk/client-lambda";
import {
  GetResourcesCommand,
  type ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import {
  ListScheduleGroupsCommand,
  ListTagsForResourceCommand,
  type ScheduleGroupSummary,
  type SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { ownerOf, ownerOfList, tagFiltersOf } from "./control/owner-tags.ts";
import { unlessGone } from "./control/unless-gone.ts";
import { legal } from "./names.ts";
import { type RolePlace, rolePath } from "./part-configs.ts";

interface Clients {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly scheduler: SchedulerClient;
}

/**
 * The ARNs of all that carries the marks of a stage. The tagging API may name for some minutes what is deleted already, and
 * knows neither roles, which are found by their path, nor for certain mappings and schedule groups, which are asked one by
 * one.
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
 */
export async function ownedBy(
  stage: RolePlace,
  { iam, lambda, tagging, scheduler }: Clients,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = await Promise.all([
    taggedOf(tagging, stage, signal),
    rolesOf(iam, stage, signal),
    mappingsOf(lambda, stage, signal),
    scheduleGroupsOf(scheduler, stage, signal),
  ]);
  return [...new Set(found.flat())];
}

async function taggedOf(
  tagging: ResourceGroupsTaggingAPIClient,
  stage: RolePlace,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  return pages(async (PaginationToken) => {
    const command = new GetResourcesCommand({ TagFilters: tagFiltersOf(stage), PaginationToken });
    const answer = await tagging.send(command, { abortSignal });
    const items = answer.ResourceTagMappingList?.map(({ ResourceARN = "" }) => ResourceARN);
    return { items, next: answer.PaginationToken };
  });
}

async function rolesOf(
  iam: IAMClient,
  stage: RolePlace,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  return pages(async (Marker) => {
    const command = new ListRolesCommand({ PathPrefix: rolePath(stage), Marker });
    const answer = await iam.send(command, { abortSignal });
    return { items: answer.Roles?.map(({ Arn = "" }) => Arn), next: answer.Marker };
  });
}

/** A mapping outlives its function and its queue, and goes on failing. */
async function mappingsOf(
  lambda: LambdaClient,
  stage: RolePlace,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const all = await pages<EventSourceMappingConfiguration>(async (Marker) => {
    const answer = await lambda.send(new ListEventSourceMappingsCommand({ Marker }), {
      abortSignal,
    });
    return { items: answer.EventSourceMappings, next: answer.NextMarker };
  });
  const ours: string[] = [];
  // So do the names of all functions of the stage; each that is asked is a call.
  const begins = `${stage.stack}-${stage.stage}`.slice(0, CERTAIN);
  for (const { EventSourceMappingArn: arn, FunctionArn, State } of all) {
    const name = FunctionArn?.split(":")[6] ?? "";
    if (arn === undefined || State === "Deleting" || !name.startsWith(begins)) continue;
    const answer = await unlessGone(
      lambda.send(new ListTagsCommand({ Resource: arn }), { abortSignal }),
      "ResourceNotFoundException",
    );
    const owner = ownerOf(answer?.Tags);
    if (owner?.stack === stage.stack && owner.stage === stage.stage) ours.push(arn);
  }
  return ours;
}

async function scheduleGroupsOf(
  scheduler: SchedulerClient,
  stage: RolePlace,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const NamePrefix = legal(`${stage.stack}-${stage.stage}`).slice(0, CERTAIN);
  const all = await pages<ScheduleGroupSummary>(async (NextToken) => {
    const command = new ListScheduleGroupsCommand({ NamePrefix, NextToken });
    const answer = await scheduler.send(command, { abortSignal });
    return { items: answer.ScheduleGroups, next: answer.NextToken ?? undefined };
  });
  const ours: string[] = [];
  for (const { Arn: arn, State } of all) {
    if (arn === undefined || State === "DELETING") continue;
    const answer = await unlessGone(
      scheduler.send(new ListTagsForResourceCommand({ ResourceArn: arn }), { abortSignal }),
      "ResourceNotFoundException",
    );
    const owner = ownerOfList(answer?.Tags);
    if (owner?.stack === stage.stack && owner.stage === stage.stage) ours.push(arn);
  }
  return ours;
}

/** Characters of a name that are never given up for a hash. */
const CERTAIN = 48;

interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly next: string | undefined;
}

async function pages<Item>(
  ask: (next: string | undefined) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let next: string | undefined;
  do {
    const page = await ask(next);
    all.push(...(page.items ?? []));
    next = page.next === "" ? undefined : page.next;
  } while (next !== undefined);
  return all;
}
