import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  DEPLOYER_PERMISSIONS,
  OPERATOR_PERMISSIONS,
  type TokenPermission,
} from "../src/token-permissions.ts";
import { AccountServer } from "./account/account-server.ts";
import { DeployedStage } from "./account/deployed-stage.ts";

const readme = resolve(import.meta.dirname, "../README.md");
const signal = new AbortController().signal;
const deployer = [...new Set(Object.values(DEPLOYER_PERMISSIONS))];

async function open(): Promise<AccountServer> {
  const server = await AccountServer.open();
  onTestFinished(() => server.close());
  return server;
}

test("a token with what the table says deploys and destroys a stage", async () => {
  const server = await open();
  server.forbidden.add("Workers Observability Edit");
  const stage = await DeployedStage.connect(server);
  await stage.deploy();
  await stage.destroy();
  expect(server.account.queues.size).toBe(0);
});

test.each(deployer)("without %s it is told that this is missing", async (permission) => {
  const server = await open();
  const stage = await DeployedStage.connect(server);
  server.forbidden.add(permission);
  await expect(stage.deploy()).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    fix: expect.stringContaining(`the permission "${permission}"`),
  });
});

test("a token that may not look at queues is told so before anything", async () => {
  const server = await open();
  server.forbidden.add("Queues Edit");
  await expect(DeployedStage.connect(server)).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    fix: expect.stringContaining('the permission "Queues Edit"'),
  });
});

test("logs need a permission of their own, which is named", async () => {
  const server = await open();
  const stage = await DeployedStage.connect(server);
  const [permission] = OPERATOR_PERMISSIONS["alien logs"];
  server.forbidden.add(permission);
  const lines = stage.cloud.operator.logs("any", { since: 0, follow: false, signal });
  await expect(lines[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    fix: expect.stringContaining(`the permission "${permission}"`),
  });
});

test("the README has the table of what a token needs", () => {
  const text = readFileSync(readme, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const written = `${before}${BEGIN}\n\n${table()}\n\n${END}${after}`;
  if (process.env.UPDATE_PERMISSIONS === "1") writeFileSync(readme, written);
  expect(
    readFileSync(readme, "utf8"),
    "UPDATE_PERMISSIONS=1 npx vitest run packages/cloudflare/test/permissions",
  ).toBe(written);
});

const BEGIN = "<!-- permissions, written by packages/cloudflare/test/permissions.test.ts -->";
const END = "<!-- end of permissions -->";

function table(): string {
  const rows: readonly (readonly [string, readonly TokenPermission[]])[] = [
    ...Object.entries(DEPLOYER_PERMISSIONS).map(
      ([type, permission]) => [`deploy: \`${type}\``, [permission]] as const,
    ),
    ...Object.entries(OPERATOR_PERMISSIONS).map(
      ([commands, needed]) => [`\`${commands.replaceAll(", ", "`, `")}\``, needed] as const,
    ),
  ];
  return [
    "| to | the token needs |",
    "|---|---|",
    ...rows.map(([to, needed]) => `| ${to} | ${needed.map((each) => `**${each}**`).join(", ")} |`),
  ].join("\n");
}
