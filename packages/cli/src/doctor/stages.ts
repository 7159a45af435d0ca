import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";
import { fileStateStore, type LoadedStack, readState } from "@alienplatform/deploy";
import { loadCapabilities } from "@alienplatform/sdk/platforms";
import type { Context } from "../context.ts";
import { deployable, loadDeployPlatform } from "../deployment/platforms.ts";
import { printDuration } from "../print/duration.ts";
import { visible } from "../print/visible.ts";
import { type Finding, findingOf } from "./finding.ts";

/** A vendor that does not answer within this time is not waited for. */
const PATIENCE_MS = 15_000;

/** Whether the packages of the platforms are installed: those that the stack names have to be. */
export async function checkPackages(named: readonly string[]): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    deployable.map(async (platform): Promise<readonly Finding[]> => {
      const check = `package:${platform}`;
      try {
        await loadCapabilities(platform);
        return [{ check, status: "ok", message: "installed" }];
      } catch (error) {
        return named.includes(platform) ? [findingOf(check, error)] : [];
      }
    }),
  );
  return findings.flat();
}

/** Whether the vendor knows who is asking, and agrees about the time. Of credentials nothing is printed. */
export async function checkPlatform(
  { environment }: Context,
  { stack }: LoadedStack,
  platform: string,
  { platform: asked, region }: { readonly platform?: string; readonly region?: string },
): Promise<Finding> {
  const check = `credentials:${platform}`;
  const stage = "doctor";
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const { connect } = await loadDeployPlatform(platform);
    const cloud = await connect({
      ...{ stack: stack.name, stage, environment, signal },
      ...(region === undefined ? {} : { region }),
    });
    const { settings } = cloud.place;
    await cloud.close();
    const place = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    return { check, status: "ok", message: place.join(", ") };
  } catch (error) {
    // Who develops on this machine alone needs none.
    const status = asked === undefined ? "warning" : "problem";
    if (error instanceof AlienError) return findingOf(check, error, status);
    return {
      check,
      status,
      message: signal.aborted
        ? `no answer within ${printDuration(PATIENCE_MS)}`
        : `not reached: ${error instanceof Error ? error.name : "it failed"}`,
      fix: "Check the network, or look at this machine alone: alien doctor --offline",
    };
  }
}

/** Locks of deploys that are over, and states that cannot be read, of stages whose state is beside alien.ts. */
export async function checkLocks({ directory }: LoadedStack): Promise<readonly Finding[]> {
  const folder = join(directory, ".alien", "state");
  const stages = await readdir(folder).catch(() => []);
  const findings = stages.map(async (name): Promise<readonly Finding[]> => {
    const check = `stage:${name}`;
    const [, platform = "", stage = ""] = /^([^-]+)-(.+)$/.exec(name) ?? [];
    try {
      const read = await readState(
        fileStateStore(join(folder, name)),
        new AbortController().signal,
      );
      const lock = read?.state.lock;
      if (lock === undefined) return [];
      const whose = `${visible(lock.owner)} began to ${lock.operation} ${printDuration(Date.now() - lock.since)} ago`;
      if (lock.until > Date.now()) return [{ check, status: "ok", message: `locked: ${whose}` }];
      const fix = `Deploy again, which takes it over, or: alien state unlock --platform ${platform} --stage ${stage}`;
      return [{ check, status: "warning", message: `a lock is left: ${whose}`, fix }];
    } catch (error) {
      return [findingOf(check, error)];
    }
  });
  return (await Promise.all(findings)).flat();
}
