import type { LoadedStack } from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import { refuseUnknownPlatform } from "../deployment/unknown-platform.ts";
import { stackAround } from "../stack.ts";
import { dataDirectory } from "../store.ts";
import { type Finding, findingOf } from "./finding.ts";
import { checkDisk, checkNode, checkPort, checkWritable } from "./machine.ts";
import { checkLocks, checkPackages, checkPlatform } from "./stages.ts";
import { checkStore } from "./store.ts";
import { checkVariables } from "./variables.ts";

/** What `alien doctor` takes. */
export interface DoctorOptions {
  readonly platform?: string;
  readonly region?: string;
  readonly persistTo?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** Looks at everything that commands stand on; changes nothing. */
export async function examine(
  context: Context,
  options: DoctorOptions,
): Promise<readonly Finding[]> {
  if (options.platform !== undefined) refuseUnknownPlatform("--platform", options.platform);
  const node = checkNode(process.versions.node);
  const stack = await stackAround(context).catch((error: unknown) => findingOf("alien.ts", error));
  if ("check" in stack) return [node, stack, ...(await checkPackages(platformsOf(options, [])))];
  const directory = dataDirectory(context, stack, options.persistTo);
  const { resources, platforms } = stack.stack;
  const queues = resources.filter(({ type }) => type === "queue").length;
  const loads: Finding = {
    check: "alien.ts",
    status: "ok",
    message: `${stack.file}: ${resources.length} resources, ${queues} of them queues`,
  };
  const packages = await checkPackages(platformsOf(options, platforms));
  const groups: readonly (readonly Finding[])[] = [
    [node, loads, await checkWritable(directory), await checkDisk(directory)],
    await checkStore(stack, directory),
    [await checkPort()],
    await checkVariables(stack.directory),
    packages,
    await checkLocks(stack),
    options.offline ? [] : await checkClouds(context, stack, options, packages),
  ];
  return groups.flat();
}

function checkClouds(
  context: Context,
  stack: LoadedStack,
  options: DoctorOptions,
  packages: readonly Finding[],
): Promise<readonly Finding[]> {
  // Without its package there is nobody to ask, which is said.
  const installed = (name: string) =>
    packages.some(({ check, status }) => check === `package:${name}` && status === "ok");
  const clouds = platformsOf(options, stack.stack.platforms).filter(installed);
  return Promise.all(clouds.map((name) => checkPlatform(context, stack, name, options)));
}

function platformsOf({ platform }: DoctorOptions, named: readonly string[]): readonly string[] {
  return platform === undefined ? named : [platform];
}
