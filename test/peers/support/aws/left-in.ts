import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { LambdaClient, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { ListScheduleGroupsCommand, SchedulerClient } from "@aws-sdk/client-scheduler";

/** All that deploys have left in an account: by their tag and, for what AWS does not find by tags, by path; all mappings and schedule groups. */
export async function leftIn(options: {
  readonly endpoint: string;
  readonly region: string;
}): Promise<readonly unknown[]> {
  const [tagging, iam] = [new ResourceGroupsTaggingAPIClient(options), new IAMClient(options)];
  const lambda = new LambdaClient(options);
  const TagFilters = [{ Key: "alien:stack" }];
  const { ResourceTagMappingList = [] } = await tagging.send(
    new GetResourcesCommand({ TagFilters }),
  );
  const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: "/alien/" }));
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  const listed = await new SchedulerClient(options).send(new ListScheduleGroupsCommand({}));
  const groups = (listed.ScheduleGroups ?? []).filter(({ Name }) => Name !== "default");
  return [
    ...groups.map(({ Arn }) => Arn),
    ...ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN),
    ...Roles.map(({ Arn }) => Arn),
    ...EventSourceMappings.filter(({ State }) => State !== "Deleting").map(({ UUID }) => UUID),
  ];
}
