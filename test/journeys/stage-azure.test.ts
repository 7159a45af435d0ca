import { afterAll, expect, it, vi } from "vitest";
import { DEPLOYER_ACTIONS } from "../../packages/azure/src/deployer-actions.ts";
import { DeployedApps } from "../../packages/azure/test/apps/deployed-apps.ts";
import { ArmServer } from "../../packages/azure/test/arm/arm-server.ts";
import { stageJourney } from "./stage/journey.ts";

const server = await ArmServer.start();
const apps = new DeployedApps(server);
afterAll(async () => {
  await apps.stop();
  await server.close();
});
for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);

/** Two dozen commands, each a process of its own, on a machine that is busy with other work. */
const MOST_MS = 900_000;
const on = ["--platform", "azure", "--stage", "dev"] as const;

it(
  "an example is deployed to Azure, handles real input, is changed, mended, repaired and destroyed",
  async () => {
    await stageJourney({
      platform: "azure",
      on,
      // Service Bus schedules for any time itself.
      keepsState: {},
      async up(session) {
        const { stdout } = await session.alien("deploy", ...on, "--yes");
        await apps.followed();
        return stdout;
      },
      url: () => apps.url(),
      handled: (count) => apps.handled(count),
      handledSoFar: () => apps.handledSoFar,
      settled: () => apps.followed(),
      logs: async (session) => (await session.alien("logs", "web", ...on)).stdout,
      deployed: {
        parts: 22,
        changed:
          /ALIEN_SIGNUPS_BINDING[\s\S]*code\.sha256|code\.sha256[\s\S]*ALIEN_SIGNUPS_BINDING/,
        drift: async () => drift(),
        left: async () => [...server.resources.all(), ...server.deletedVaults.values()],
      },
    });
    // What Resource Manager does not see is asked of others, or asked for beside.
    const told = new Set(Object.values(DEPLOYER_ACTIONS).flat());
    expect([...server.actions].filter((action) => !told.has(action))).toEqual([]);
    expect([...told].filter((action) => !server.actions.has(action)).sort()).toEqual(BESIDE);
  },
  MOST_MS,
);

const BESIDE = [
  "Microsoft.KeyVault/vaults/secrets/delete",
  "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
  "Microsoft.OperationalInsights/workspaces/query/read",
  "Microsoft.Web/serverfarms/join/action",
  "Microsoft.Web/sites/publish/action",
];

/** By hand, in the portal. */
function drift(): number {
  const [queue] = server.resources
    .ofType("Microsoft.ServiceBus/namespaces/queues")
    .filter(({ name }) => name === "signups");
  const [role] = server.resources
    .ofType("Microsoft.Authorization/roleAssignments")
    .filter(({ id }) => id.includes("/queues/signups/"));
  const [site] = server.resources.ofType("Microsoft.Web/sites");
  if (queue === undefined || role === undefined || site === undefined) throw new Error("not there");
  server.resources.set({ ...queue, properties: { ...queue.properties, maxDeliveryCount: 3 } });
  server.resources.remove(role.id);
  server.resources.set({ ...site, properties: { ...site.properties, httpsOnly: false } });
  return 2;
}
