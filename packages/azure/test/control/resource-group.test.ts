import { fastClock } from "@alienplatform/deploy/conformance";
import { expect, test } from "vitest";
import { GROUP_VERSION, resourceGroups } from "../../src/control/resource-group.ts";
import { openDeployClients } from "../../src/deploy-clients.ts";
import { groupName } from "../../src/names.ts";
import { componentId, groupId } from "../../src/resource-ids.ts";
import { SUBSCRIPTION } from "../arm/account.ts";
import { ArmServer } from "../arm/arm-server.ts";
import { resourceKinds } from "../arm/resource-kinds.ts";

const region = "westeurope";
const place = { stack: "shop", stage: "dev", subscription: SUBSCRIPTION, region };

test("a group does not hold what App Insights puts there by itself, and holds others' resources", async () => {
  const server = await ArmServer.start();
  try {
    const arm = openDeployClients({
      subscription: SUBSCRIPTION,
      region,
      endpoint: server.url,
    }).patient;
    const { signal } = new AbortController();
    const waiting = { clock: fastClock(), signal };
    await arm.put(groupId(place), GROUP_VERSION, { location: region }, waiting);
    const groups = resourceGroups(arm, place);
    const config = { location: region };
    const name = groupName(place);
    const held = async () => {
      const found = await arm.listed(name, signal);
      const owner = { stack: "shop", stage: "dev", part: "stage/group" };
      const artifact = () => Promise.reject(new Error("no code is asked for"));
      const context = { ...waiting, name, owner, config, artifact };
      return { count: found?.length, holds: (await groups.read(context))?.holds };
    };
    const component = componentId(place, "shop-dev");
    const workspace = {
      id: `${groupId(place)}/w`,
      name: "w",
      type: "w",
      properties: {},
    };
    server.resources.set(workspace);
    const asked = {
      id: component,
      name: "shop-dev",
      type: "Microsoft.Insights/components",
      properties: { WorkspaceResourceId: workspace.id },
    };
    resourceKinds["microsoft.insights/components"]?.make(asked, asked, undefined, server);
    server.resources.remove(workspace.id);
    expect(await held()).toEqual({ count: 2, holds: undefined });
    const own = `${groupId(place)}/providers/microsoft.insights/actiongroups/on-call`;
    server.resources.set({
      id: own,
      name: "on-call",
      type: "microsoft.insights/actiongroups",
      properties: {},
    });
    expect(await held()).toEqual({ count: 3, holds: "1 other resource: on-call" });
  } finally {
    await server.close();
  }
});
