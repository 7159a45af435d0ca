import type { Json } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import type { AwsPart } from "../../src/aws-part.ts";
import { cloudFormation } from "../../src/export/cloudformation.ts";
import { terraform } from "../../src/export/terraform.ts";
import { here, lowered } from "./exported-stack.ts";

/** Settings that a language cannot say, by the type of part and the setting. */
const UNSAID = {
  cloudFormation: [
    // CloudFormation makes no SecureString.
    "ssm-parameter type",
    "ssm-parameter tier",
    "ssm-parameter description",
    "ssm-parameter firstValue",
  ],
  terraform: [
    // What is not "random" is made as one that nobody has set.
    "ssm-parameter firstValue",
  ],
};

const written = {
  cloudFormation: (parts: readonly AwsPart[]) => cloudFormation({ ...lowered, parts }, here),
  terraform: (parts: readonly AwsPart[]) => terraform({ ...lowered, parts }, here),
};

test.each(["cloudFormation", "terraform"] as const)(
  "there is no setting of any part that %s leaves out",
  (language) => {
    const before = written[language](lowered.parts);
    const unsaid = new Set<string>();
    let changes = 0;
    for (const [index, part] of lowered.parts.entries()) {
      for (const path of pathsOf(part.config)) {
        changes++;
        // Another value of the same kind, which the types of the config cannot follow.
        const changed = { ...part, config: withChange(part.config, path) } as AwsPart;
        if (written[language](lowered.parts.with(index, changed)) === before) {
          unsaid.add(`${part.type} ${path.join(".")}`);
        }
      }
    }
    expect([...unsaid].sort()).toEqual([...UNSAID[language]].sort());
    expect(changes).toBeGreaterThan(150);
  },
);

test.each(["cloudFormation", "terraform"] as const)(
  "%s names every part as deploy does",
  (language) => {
    const text = written[language](lowered.parts);
    const named = lowered.parts.filter(
      ({ type }) =>
        !["event-source-mapping", "function-url"].includes(type) &&
        !(language === "cloudFormation" && type === "ssm-parameter"),
    );
    expect(named.filter(({ name }) => !text.includes(`"${name}"`))).toEqual([]);
  },
);

test("what holds messages is kept by CloudFormation, and by Terraform what is delayed alone", () => {
  const { Resources } = JSON.parse(written.cloudFormation(lowered.parts));
  const kept = Object.values<{ Type: string; DeletionPolicy?: string }>(Resources).filter(
    ({ DeletionPolicy }) => DeletionPolicy === "Retain",
  );
  const keptTypes = new Set(kept.map(({ Type }) => Type));
  expect([...keptTypes].sort()).toEqual(["AWS::SQS::Queue", "AWS::Scheduler::ScheduleGroup"]);
  // Terraform shows queues in its plan: docs/deploy.md says what is to be done. Nothing shows what waits for its time.
  const { resource } = JSON.parse(written.terraform(lowered.parts));
  const types = Object.entries<Record<string, object>>(resource);
  const held = types.flatMap(([type, all]) =>
    Object.values(all).flatMap((one) =>
      JSON.stringify(one).includes('"prevent_destroy":true') ? type : [],
    ),
  );
  expect(new Set(held)).toEqual(new Set(["aws_scheduler_schedule_group"]));
  const groups = Object.values(resource.aws_scheduler_schedule_group);
  expect(held).toHaveLength(groups.length);
});

type Path = readonly (string | number)[];

/** Every text, number and truth in a value; a reference is one of them. */
function pathsOf(value: Json | undefined): readonly Path[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || "$ref" in value || "$json" in value) return [[]];
  return Object.entries(value).flatMap(([key, each]) =>
    pathsOf(each).map((path) => [Array.isArray(value) ? Number(key) : key, ...path]),
  );
}

function withChange(value: Json | undefined, [key, ...path]: Path): Json {
  if (key === undefined) {
    if (typeof value === "number") return value + 1;
    if (typeof value === "boolean") return !value;
    return typeof value === "string" ? `${value}x` : "other";
  }
  if (Array.isArray(value))
    return value.map((each, at) => (at === key ? withChange(each, path) : each));
  const object: Readonly<Record<string, Json | undefined>> = Object(value);
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, each]) => {
      if (each === undefined) return [];
      return [[name, name === key ? withChange(each, path) : each]];
    }),
  );
}
