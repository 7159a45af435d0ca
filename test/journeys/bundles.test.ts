import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { target as aws } from "@alienplatform/aws/deploy";
import { target as azure } from "@alienplatform/azure/deploy";
import { target as cloudflare } from "@alienplatform/cloudflare/deploy";
import {
  bundleFunction,
  type FunctionTarget,
  type LoadedStack,
  loadStack,
} from "@alienplatform/deploy";
import { target as gcp } from "@alienplatform/gcp/deploy";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../source-files.ts";

// What a function's bundle carries, by the bundle's own account of it.

const home = join(root, "test", "journeys", ".alien");
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, "bundles-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Bundled {
  readonly target: FunctionTarget;
  /** The packages that are this vendor's, or that nobody else's bundle has a reason for. */
  readonly vendor: RegExp | undefined;
  /** The largest that the bundle may be, in bytes. */
  readonly most: number;
}

const platforms: readonly Bundled[] = [
  // The smallest of the three SDKs; what is loaded at every cold start is to stay small.
  { target: aws, vendor: /^(@aws-sdk|@aws-crypto|@aws|@smithy)\//, most: 350_000 },
  { target: gcp, vendor: /^(@google-cloud\/|@grpc\/|google-|gaxios$|gtoken$)/, most: 1_800_000 },
  { target: azure, vendor: /^(@azure|@typespec)\/|^rhea/, most: 1_000_000 },
  // Nothing of a vendor: a Worker has what it needs. A fourth of it keeps keys and jobs in D1, where there is a table.
  { target: cloudflare, vendor: undefined, most: 125_000 },
];

const sending = `import { onQueueMessage, queue } from "@alienplatform/sdk";
onQueueMessage("tasks", async ({ payload }) => {
  const mails = await queue("mails");
  await mails.send("mails", payload);
});
`;

const operating = `import { onQueueMessage } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
onQueueMessage("tasks", async () => operate("mails").stats());
`;

/** A project whose function has this code. */
async function project(name: string, code: string): Promise<LoadedStack> {
  const directory = join(folder, name);
  mkdirSync(join(directory, "src"), { recursive: true });
  writeFileSync(
    join(directory, "alien.ts"),
    `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
const mails = new alien.Queue("mails").build();
new alien.Function("worker").trigger(tasks).link(mails).build();
`,
  );
  writeFileSync(join(directory, "src", "worker.ts"), code);
  return loadStack(join(directory, "alien.ts"));
}

const sender = await project("sender", sending);
const operator = await project("operator", operating);

/** The files that are in the bundle of its function, and the bundle's size. */
async function carriedBy(target: FunctionTarget, stack: LoadedStack) {
  const worker = stack.stack.resources.find((resource) => resource.type === "function");
  if (worker === undefined) throw new Error("alien.ts declares no function");
  const sources = { "some-queue": "tasks" };
  const bundle = await bundleFunction({ stack, function: worker, mode: "deploy", target, sources });
  await bundle.dispose();
  const { outputs } = bundle.metafile;
  const output = Object.values(outputs).find(({ entryPoint }) => entryPoint !== undefined);
  if (output === undefined) throw new Error("there is no bundle");
  const files = Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  );
  return { files, bytes: output.bytes };
}

/** "aws/src/runtime.ts" of our own files. */
function ours(files: readonly string[]): string[] {
  return files.flatMap((path) =>
    path.includes("node_modules/") ? [] : (/packages\/(.+)$/.exec(path)?.[1] ?? []),
  );
}

/** The names of the others' packages. */
function theirs(files: readonly string[]): string[] {
  const names = files.flatMap(
    (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  return [...new Set(names)];
}

/** The half of a platform that is for operators, and what is in front of it. */
const OPERATING =
  /^(bindings\/src\/(operate\.ts|dead-letters\/|queue\/(operations|plain-operator|jobs)\.ts)|sdk\/src\/(operate|open-operator)\.ts|[a-z]+\/src\/(operate\.ts|queue\/operator))/;

describe.each(platforms)("a function's bundle for $target.platform", ({ target, vendor, most }) => {
  const { platform } = target;
  const others = platforms.filter((each) => each.target.platform !== platform);

  it("carries that platform, nothing of another, and no operating code", async () => {
    const { files, bytes } = await carriedBy(target, sender);
    const own = ours(files);
    const named = [...others.map((each) => each.target.platform), "local", "deploy", "cli"];
    expect(own.filter((path) => named.some((name) => path.startsWith(`${name}/`)))).toEqual([]);
    expect(own).toContain(`${platform}/src/runtime.ts`);
    expect(own).toContain("sdk/src/push.ts");
    expect(own.filter((path) => OPERATING.test(path))).toEqual([]);
    const packages = theirs(files);
    const foreign = others.flatMap((each) => each.vendor ?? []);
    expect(packages.filter((name) => foreign.some((others_) => others_.test(name)))).toEqual([]);
    if (vendor === undefined) expect(packages).toEqual([]);
    else expect(packages.some((name) => vendor.test(name))).toBe(true);
    expect(bytes).toBeLessThan(most);
  });

  it("carries the operating code of that platform where the function asks for it", async () => {
    const { files } = await carriedBy(target, operator);
    const own = ours(files);
    expect(own.filter((path) => OPERATING.test(path))).toContain(`${platform}/src/operate.ts`);
    const named = others.map((each) => each.target.platform);
    expect(own.filter((path) => named.some((name) => path.startsWith(`${name}/`)))).toEqual([]);
  });
});
