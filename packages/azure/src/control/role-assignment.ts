import { isUnknown, type Owner } from "@alienplatform/deploy";
import type { AzurePlace } from "../azure-place.ts";
import { ROLES } from "../function/rights.ts";
import { assignmentName } from "../names.ts";
import type { RoleAssignmentConfig } from "../part-configs.ts";
import { roleId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";

const FIXED = "Azure changes nothing of a role assignment";

/** Lets an identity do something. An assignment bears no tags; its description says whose it is. */
export function roleAssignments(arm: Arm, place: AzurePlace): ArmController<RoleAssignmentConfig> {
  return new ArmController(arm, {
    api: "authorization",
    version: "2022-04-01",
    idOf: (name, config) =>
      isUnknown(config) || isUnknown(config.scope)
        ? undefined
        : `${config.scope}/providers/Microsoft.Authorization/roleAssignments/${assignmentName([place.subscription, place.region, name])}`,
    settingsOf: ({ properties = {} }) => ({
      // Its letters may come back in another case.
      scope: String(properties.scope).toLowerCase(),
      role: roleName(String(properties.roleDefinitionId)),
      principalId: String(properties.principalId),
      principalType: String(properties.principalType),
    }),
    wantedSettings: ({ scope, ...rest }) => ({
      ...rest,
      scope: isUnknown(scope) ? scope : scope.toLowerCase(),
    }),
    bodyOf: ({ role, principalId, principalType }, { owner }) => ({
      properties: {
        roleDefinitionId: roleId(place, ROLES[role]),
        principalId,
        principalType,
        description: describe(owner),
      },
    }),
    replaces: { scope: FIXED, role: FIXED, principalId: FIXED, principalType: FIXED },
    owner: async (_, { properties = {} }) => described(properties.description),
  });
}

/** What Azure calls a role; its GUID, where it is none of ours. */
function roleName(definition: string): string {
  const guid = definition.split("/").at(-1) ?? "";
  return Object.entries(ROLES).find(([, each]) => each === guid)?.[0] ?? guid;
}

const DESCRIPTION = /^alien: stack "([^"]*)", stage "([^"]*)", part "([^"]*)"$/;

/** An assignment's description. */
export function describe({ stack, stage, part }: Owner): string {
  return `alien: stack "${stack}", stage "${stage}", part "${part}"`;
}

function described(description: unknown): Owner | undefined {
  const [, stack, stage, part] = DESCRIPTION.exec(String(description)) ?? [];
  if (stack === undefined || stage === undefined || part === undefined) return undefined;
  return { stack, stage, part };
}
