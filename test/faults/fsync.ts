import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Actors } from "./actors.ts";
import type { Row } from "./run.ts";

/** F3: strace shows that between the call and the answer of every send and ack an fdatasync ended. */
export async function fsyncCampaign(folder: string, actors: Actors, count: number): Promise<Row> {
  const trace = join(folder, "trace");
  const command = [
    ...["-f", "-qq", "-s", "40", "-e", "trace=fdatasync,fsync,write", "-o", trace],
    ...[process.execPath, actors.script, "marker", "marker", folder, String(count)],
  ];
  await promisify(execFile)("strace", command, {
    env: { ...process.env, ...actors.environment(join(folder, "store")) },
  });
  return {
    fault: "F3 fdatasync before every answer",
    ...judge(readFileSync(trace, "utf8"), count),
  };
}

/** Reads the trace in order: each `<` marker opens an operation, each `>` ends it. */
function judge(trace: string, count: number): Pick<Row, "done" | "violations"> {
  const violations: string[] = [];
  let open: string | undefined;
  let syncBegan = false;
  let synced = false;
  let answered = 0;
  const pending = new Set<string>();
  for (const line of trace.split("\n")) {
    const thread = line.slice(0, line.indexOf(" "));
    const marker = /write\(\d+, "([<>]) (\w+ \d+)/.exec(line);
    if (marker?.[1] === "<") {
      open = marker[2];
      syncBegan = false;
      synced = false;
      pending.clear();
    } else if (marker?.[1] === ">") {
      answered += 1;
      if (marker[2] !== open) violations.push(`${marker[2]} ended while ${open} was open`);
      if (!synced)
        violations.push(`${marker[2]} was answered before an fdatasync (begun: ${syncBegan})`);
    } else if (/fdatasync|fsync/.test(line)) {
      // Only a sync that began after the operation did can cover it.
      if (line.includes("resumed")) {
        if (pending.delete(thread) && line.includes("= 0")) synced = true;
      } else if (line.includes("unfinished")) {
        pending.add(thread);
        syncBegan = true;
      } else if (line.includes("= 0")) {
        synced = true;
      }
    }
  }
  if (answered !== 2 * count) violations.push(`${answered} answers were seen of ${2 * count}`);
  return { done: `${answered} answers traced`, violations };
}
