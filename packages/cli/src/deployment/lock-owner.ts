import { hostname, userInfo } from "node:os";

/** Who holds a lock, for those who are kept out by it: "ann@laptop, process 4711". */
export function lockOwner(): string {
  return `${userName()}@${hostname()}, process ${process.pid}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
