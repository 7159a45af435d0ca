import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import {
  DEPLOYER_ACTIONS,
  DEPLOYER_ACTIONS_ON_ALL,
  DEPLOYER_ROLES,
} from "../src/deployer-actions.ts";
import { QUEUE_ROLES, TABLE_CONTRIBUTOR } from "../src/function/rights.ts";

const readme = resolve(import.meta.dirname, "../README.md");

test("no right of a deployer is a pattern", () => {
  const all = [...Object.values(DEPLOYER_ACTIONS).flat(), ...DEPLOYER_ACTIONS_ON_ALL];
  expect(all.filter((action) => !/^Microsoft\.[\w./]+$/.test(action))).toEqual([]);
});

test("the README has the tables of what functions and deployers may do", () => {
  const text = readFileSync(readme, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const written = `${before}${BEGIN}\n\n${tables()}\n\n${END}${after}`;
  if (process.env.UPDATE_PERMISSIONS === "1") writeFileSync(readme, written);
  expect(
    readFileSync(readme, "utf8"),
    "UPDATE_PERMISSIONS=1 npx vitest run packages/azure/test/permissions",
  ).toBe(written);
});

const BEGIN = "<!-- permissions, written by packages/azure/test/permissions.test.ts -->";
const END = "<!-- end of permissions -->";

function tables(): string {
  return [
    "| a function that may | roles | on |",
    "|---|---|---|",
    ...Object.entries(QUEUE_ROLES).flatMap(([right, { queue, deadLetters }]) => [
      `| ${NAMES[right] ?? right} | ${queue.join(", ")} | the queue |`,
      ...(deadLetters.length === 0
        ? []
        : [`| | ${deadLetters.join(", ")} | the dead letters' queue |`]),
    ]),
    `| any of these | ${TABLE_CONTRIBUTOR} | the stage's table |`,
    "| read its secrets | Key Vault Secrets User | each of them |",
    "| write its logs | Monitoring Metrics Publisher | where the stage's logs are |",
    "| be run by its host | Storage Blob Data Owner | its own storage account |",
    "",
    `Who deploys needs ${DEPLOYER_ROLES.map((role) => `\`${role}\``).join(", ")} on the subscription, or a role with these actions:`,
    "",
    "| for | actions |",
    "|---|---|",
    ...Object.entries(DEPLOYER_ACTIONS).map(
      ([type, actions]) => `| ${type} | ${actions.map((each) => `\`${each}\``).join(" ")} |`,
    ),
    `| every deploy | ${DEPLOYER_ACTIONS_ON_ALL.map((each) => `\`${each}\``).join(" ")} |`,
  ].join("\n");
}

const NAMES: Readonly<Record<string, string>> = { trigger: "be triggered" };
