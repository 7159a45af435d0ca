import { access, constants, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { firstPort } from "../dev/ports.ts";
import type { Finding } from "./finding.ts";

const MiB = 1024 * 1024;
/** The store keeps 24 MiB in reserve, and LevelDB wants room to merge its files. */
const LITTLE_MIB = 100;
const SCARCE_MIB = 1024;
/** The lowest that the packages accept, as their package.json says. */
const LOWEST_NODE: readonly [number, number] = [20, 19];

/** Whether this Node runs what we ship. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [lowest, lowestMinor] = LOWEST_NODE;
  const fits = major > lowest || (major === lowest && minor >= lowestMinor);
  if (fits) return { check: "node", status: "ok", message: `Node ${version}` };
  return {
    check: "node",
    status: "problem",
    message: `Node ${version} is older than ${LOWEST_NODE.join(".")}`,
    fix: `Install Node ${lowest} or newer.`,
  };
}

/** How much room there is where messages are kept. */
export async function checkDisk(directory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await existing(directory));
  const free = Math.floor((bavail * bsize) / MiB);
  const message = `${free >= 10 * 1024 ? `${Math.floor(free / 1024)} GiB` : `${free} MiB`} free for messages`;
  if (free >= SCARCE_MIB) return { check: "disk", status: "ok", message };
  const status = free < LITTLE_MIB ? "problem" : "warning";
  const fix = `Free some space on the disk of ${directory}, or move it: --persist-to <directory>.`;
  return { check: "disk", status, message, fix };
}

/** Whether this user can write where messages are kept. */
export async function checkWritable(directory: string): Promise<Finding> {
  const at = await existing(directory);
  try {
    await access(at, constants.W_OK);
    return { check: "directory", status: "ok", message: directory };
  } catch {
    return {
      check: "directory",
      status: "problem",
      message: `this user cannot write into ${at}`,
      fix: `Let this user write into ${at}, or name another directory: --persist-to <directory>.`,
    };
  }
}

/** Whether functions get the first of their ports. */
export async function checkPort(): Promise<Finding> {
  const { port, free } = await firstPort();
  if (free) return { check: "ports", status: "ok", message: `port ${port} is free` };
  return {
    check: "ports",
    status: "warning",
    message: `port ${port} is in use: functions get the next free one`,
    fix: "Stop the program that listens there, or choose a port: alien dev --port <number>.",
  };
}

/** The directory, or the nearest one above it that is there. */
async function existing(directory: string): Promise<string> {
  const there = await access(directory).then(
    () => true,
    () => false,
  );
  const above = dirname(directory);
  return there || above === directory ? directory : existing(above);
}
