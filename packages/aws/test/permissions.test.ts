import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import {
  DEPLOYER_ACTIONS,
  DEPLOYER_ACTIONS_ON_ALL,
  STATE_ACTIONS,
  STATE_BUCKET_ACTIONS,
} from "../src/deployer-actions.ts";
import { LOG_ACTIONS, QUEUE_ACTIONS, SECRET_ACTIONS } from "../src/function/rights.ts";

const source = resolve(import.meta.dirname, "../src");
const readme = resolve(import.meta.dirname, "../README.md");

const all = new Set([
  ...Object.values(DEPLOYER_ACTIONS).flatMap(({ actions }) => actions),
  ...DEPLOYER_ACTIONS_ON_ALL,
  ...STATE_ACTIONS,
  ...STATE_BUCKET_ACTIONS,
]);

/** Asked for by calls that have another name. */
const ASKED_BESIDE = ["iam:PassRole", "s3:ListBucket", "scheduler:DeleteSchedule"];
/** Asks for nothing. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const FREE = ["sts:GetCallerIdentity"];

test("who deploys may do what the code calls, and nothing that it does not call", () => {
  const called = new Set(filesOf("").flatMap(calls));
  expect([...called].filter((action) => !all.has(action) && !FREE.includes(action))).toEqual([]);
  expect([...all].filter((action) => !called.has(action)).sort()).toEqual(ASKED_BESIDE);
});

test("a right on all resources is one that AWS gives on no less, and no right is a pattern", () => {
  expect([...all].filter((action) => action.includes("*"))).toEqual([]);
  for (const { on } of Object.values(DEPLOYER_ACTIONS)) expect(on).toMatch(/^arn:aws:\w+:/);
});

test("the README has the tables of what functions and deployers may do", () => {
  const text = readFileSync(readme, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const written = `${before}${BEGIN}\n\n${tables()}\n\n${END}${after}`;
  if (process.env.UPDATE_PERMISSIONS === "1") writeFileSync(readme, written);
  expect(
    readFileSync(readme, "utf8"),
    "UPDATE_PERMISSIONS=1 npx vitest run packages/aws/test/permissions",
  ).toBe(written);
});

const BEGIN = "<!-- permissions, written by packages/aws/test/permissions.test.ts -->";
const END = "<!-- end of permissions -->";

function tables(): string {
  const { send, receive, trigger, operate } = QUEUE_ACTIONS;
  return [
    "| to | actions | on |",
    "|---|---|---|",
    ...rowsOf("send", send),
    ...rowsOf("receive", receive),
    ...rowsOf("be triggered", trigger),
    ...rowsOf("operate", operate),
    row("log (functions)", LOG_ACTIONS, "its own log group"),
    row("read secrets (functions)", SECRET_ACTIONS, "these secrets"),
    "",
    "Who deploys needs, for each type of part that the stack has:",
    "",
    "| part | actions | on |",
    "|---|---|---|",
    ...Object.entries(DEPLOYER_ACTIONS).map(([type, { actions, on }]) =>
      row(type, actions, `\`${on}\``),
    ),
    row("to find and list", DEPLOYER_ACTIONS_ON_ALL, "`*`: AWS gives them on no less"),
    row("state in S3", STATE_ACTIONS, "`arn:aws:s3:::<bucket>/<prefix>/*`"),
    row("find that there is none yet", STATE_BUCKET_ACTIONS, "`arn:aws:s3:::<bucket>`"),
  ].join("\n");
}

function rowsOf(to: string, rights: (typeof QUEUE_ACTIONS)["send"]) {
  const { queue, deadLetters, copies, table, schedules, delayRole, listing } = rights;
  return [
    row(to, queue, "the queue"),
    row("", deadLetters, "where its dead letters go"),
    row("", copies, "the queue, unless it is FIFO"),
    row("", table, "the state table"),
    row("", schedules, "the schedules of a FIFO queue"),
    row("", delayRole, "the role that they send with"),
    row("", listing, "`*`, where the queue is FIFO: AWS gives it on no less"),
  ].filter((each) => each.includes(":"));
}

function row(first: string, actions: readonly string[], on: string): string {
  return `| ${first} | ${actions.map((action) => `\`${action}\``).join(" ")} | ${on} |`;
}

/** The sources of the deploying half: what a function's bundle calls is not a deployer's. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(resolve(source, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return ["queue", "function"].includes(path) ? [] : filesOf(`${path}/`);
  });
}

/** What a file calls of the vendor, as IAM names it: the commands that it imports of each client. */
function calls(file: string): readonly string[] {
  const text = readFileSync(resolve(source, file), "utf8");
  return [...text.matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([\w-]+)"/g)].flatMap(
    ([, names = "", client = ""]) =>
      [...names.matchAll(/\b(\w+)Command\b/g)].map(
        ([, name = ""]) => `${SERVICES[client] ?? client}:${name}`,
      ),
  );
}

const SERVICES: Readonly<Record<string, string>> = {
  "cloudwatch-logs": "logs",
  "resource-groups-tagging-api": "tag",
};
