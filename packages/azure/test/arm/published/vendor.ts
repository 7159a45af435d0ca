/**
 * `node --conditions=@alienplatform/source --import tsx packages/azure/test/arm/published/vendor.ts`: writes resource-types.json anew, from Microsoft's package of the version below. Needs npm and
 * its registry; where a controller asks for another version of an API, change it below and run this again.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedTexts } from "./embedded-files.ts";
import type { PublishedType, PublishedTypes, Reference } from "./published-types.ts";

/** Microsoft's own server for agents, which carries the types of every resource of Azure. */
const PACKAGE = "@azure/mcp-linux-x64@2.0.5";
const PROGRAM = "package/dist/azmcp";

/** What the controllers make, in the versions that they ask for. */
const WANTED = [
  "Microsoft.Authorization/roleAssignments@2022-04-01",
  "Microsoft.Insights/components@2020-02-02",
  "Microsoft.KeyVault/vaults@2024-11-01",
  "Microsoft.KeyVault/vaults/secrets@2024-11-01",
  "Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30",
  "Microsoft.OperationalInsights/workspaces@2022-10-01",
  "Microsoft.Resources/resourceGroups@2025-04-01",
  "Microsoft.ServiceBus/namespaces@2021-11-01",
  "Microsoft.ServiceBus/namespaces/queues@2021-11-01",
  "Microsoft.Storage/storageAccounts@2024-01-01",
  "Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01",
  "Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01",
  "Microsoft.Web/serverfarms@2024-11-01",
  "Microsoft.Web/sites@2024-11-01",
  "Microsoft.Web/sites/config@2024-11-01",
];

/** Of what is told apart by its name, the ones that are used: of an app's configurations, its settings. */
const ELEMENTS = ["appsettings"];

/** Its index: where each type of each version is. */
interface Index {
  readonly resources: Readonly<Record<string, Reference>>;
}

type Named = PublishedType & { readonly name?: string };

const texts = embeddedTexts(download(), "index.json.deflated\0");
// The one that is no list of types.
const index = JSON.parse(texts.find((text) => text.startsWith("{")) ?? "{}") as Index;
const kept: unknown[] = [];
const resources: Record<string, number> = {};
for (const wanted of WANTED) resources[wanted] = keep(wanted);
const versions = Object.fromEntries(WANTED.map((each) => versionsOf(each.split("@")[0] ?? "")));
const source = `${PACKAGE}, MIT (LICENSE beside this file)`;
const lists = Object.entries({ source, versions, resources } satisfies Omit<
  PublishedTypes,
  "types"
>);
const head = lists.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`);
// A line for each type, so that a newer version shows what has changed.
const lines = kept.map((type) => JSON.stringify(type)).join(",\n");
writeFileSync(
  join(import.meta.dirname, "resource-types.json"),
  `{${head.join("\n")}\n"types":[\n${lines}\n]}\n`,
);

function download(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "alien-types-"));
  try {
    const packed = execFileSync("npm", ["pack", "--silent", PACKAGE], { cwd: folder });
    execFileSync("tar", ["-xzf", packed.toString().trim(), PROGRAM], { cwd: folder });
    return readFileSync(join(folder, PROGRAM));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function versionsOf(type: string): readonly [string, readonly string[]] {
  const its = Object.keys(index.resources).filter((each) => each.startsWith(`${type}@`));
  return [type, its.map((each) => each.split("@")[1] ?? "").sort()];
}

/** Where it is among those that are kept, with all that it names; texts for people are left out. */
function keep(wanted: string): number {
  const place = Number(index.resources[wanted]?.$ref.split("#/")[1]);
  const isIts = ({ $type, name }: Named) => $type === "ResourceType" && name === wanted;
  const all = texts
    .filter((text) => text.includes(`"${wanted}"`) && text.startsWith("["))
    .map((text) => JSON.parse(text) as readonly Named[])
    .find((types) => types[place] !== undefined && isIts(types[place]));
  if (all === undefined) throw new Error(`${wanted} is not published`);
  const places = new Map<number, number>();
  const add = (from: number): number => {
    const known = places.get(from);
    if (known !== undefined) return known;
    const to = kept.push(undefined) - 1;
    places.set(from, to);
    const {
      functions: _,
      elements,
      ...type
    } = all[from] as Named & Readonly<Record<string, unknown>>;
    const used = type.$type === "DiscriminatedObjectType" ? only(elements) : elements;
    kept[to] = without(used === undefined ? type : { ...type, elements: used });
    return to;
  };
  const without = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(without);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        // A property may have that name too.
        .filter(([key, each]) => !(key === "description" && typeof each === "string"))
        .map(([key, each]) => [
          key,
          key === "$ref" ? `#/${add(Number(String(each).split("#/")[1]))}` : without(each),
        ]),
    );
  };
  return add(place);
}

function only(elements: unknown): unknown {
  return Object.fromEntries(
    Object.entries(elements as object).filter(([name]) => ELEMENTS.includes(name)),
  );
}
