import type { AzurePlace } from "../azure-place.ts";
import { regionName } from "../azure-place.ts";
import type { ResourceGroupConfig } from "../part-configs.ts";
import { groupId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";
import { ownerOf } from "./owner-tags.ts";

/** Of resource groups. */
export const GROUP_VERSION = "2025-04-01";

const STAYS = "a group stays where it was made";

/** Makes the group of a stage. With a group Azure deletes all that is in it, so it holds whatever is not ours. */
export function resourceGroups(arm: Arm, place: AzurePlace): ArmController<ResourceGroupConfig> {
  return new ArmController(arm, {
    api: "resources",
    version: GROUP_VERSION,
    idOf: () => groupId(place),
    settingsOf: ({ location = "" }) => ({ location: regionName(location) }),
    wantedSettings: (config) => config,
    bodyOf: ({ location }) => ({ location }),
    replaces: { location: STAYS },
    async holds(_, { name, owner, signal }) {
      const all = (await arm.listed(name, signal)) ?? [];
      const others = all.filter(({ id, tags }) => {
        if (isMadeByAzure(id)) return false;
        const its = ownerOf(tags);
        return its?.stack !== owner.stack || its.stage !== owner.stage;
      });
      if (others.length === 0) return undefined;
      const names = others.map(({ id }) => id.split("/").at(-1)).join(", ");
      return others.length === 1
        ? `1 other resource: ${names}`
        : `${others.length} other resources: ${names}`;
    },
  });
}

/**
 * App Insights puts an action group and an alert rule of its own into the group, without our tags:
 * https://learn.microsoft.com/azure/azure-monitor/alerts/proactive-failure-diagnostics
 */
function isMadeByAzure(id: string): boolean {
  return (
    /\/microsoft\.insights\/actiongroups\/application insights smart detection$/i.test(id) ||
    /\/microsoft\.alertsmanagement\/smartdetectoralertrules\/failure anomalies - [^/]+$/i.test(id)
  );
}
