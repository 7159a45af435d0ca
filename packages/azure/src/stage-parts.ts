import { ref } from "@alienplatform/deploy";
import type { AzurePart } from "./azure-part.ts";
import type { AzureStack } from "./azure-place.ts";
import { componentName, groupName, namespaceName, workspaceName } from "./names.ts";
import { componentId, groupId, namespaceId, workspaceId } from "./resource-ids.ts";

/** The addresses, among the parts, of what a stage has once. */
export const GROUP = "stage/group";
export const NAMESPACE = "stage/namespace";
export const VAULT = "stage/vault";
export const LOGS = "stage/logs";
const WORKSPACE = "stage/logs/workspace";

/** Beyond it log data costs more: https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs */
const LOGS_DAYS = 30;

/** The group, the namespace of the queues, and where functions log: each once, and only where something needs it. */
export function stageParts(stack: AzureStack): readonly AzurePart[] {
  const { place } = stack;
  const made = { resource: place.stack, after: [GROUP] };
  const location = place.region;
  const namespace = namespaceName(place);
  return [
    {
      id: GROUP,
      type: "resource-group",
      name: groupName(place),
      resource: place.stack,
      config: { location },
      known: { id: groupId(place) },
    },
    ...(stack.queues().length === 0
      ? []
      : [
          {
            ...made,
            id: NAMESPACE,
            type: "servicebus-namespace" as const,
            name: namespace,
            config: {
              location,
              sku: "Standard" as const,
              disableLocalAuth: true as const,
            },
            known: { id: namespaceId(place, namespace) },
          },
        ]),
    ...(stack.functions().length === 0 ? [] : logParts(stack)),
  ];
}

function logParts({ place }: AzureStack): readonly AzurePart[] {
  const [workspace, component] = [workspaceName(place), componentName(place)];
  const made = { resource: place.stack, after: [GROUP] };
  return [
    {
      ...made,
      id: WORKSPACE,
      type: "log-workspace",
      name: workspace,
      config: { location: place.region, sku: "PerGB2018", retentionInDays: LOGS_DAYS },
      known: { id: workspaceId(place, workspace) },
    },
    {
      ...made,
      id: LOGS,
      type: "app-insights",
      name: component,
      config: {
        location: place.region,
        workspace: ref(WORKSPACE, "id"),
        disableLocalAuth: true,
      },
      known: { id: componentId(place, component) },
    },
  ];
}
