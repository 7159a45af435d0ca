import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LoadedStack } from "@alienplatform/deploy";
import { DevFile, printRunning } from "../dev/dev-file.ts";
import { printCount } from "../print/count.ts";
import { printDuration } from "../print/duration.ts";
import { LocalStore } from "../store.ts";
import { type Finding, findingOf } from "./finding.ts";

/** Whether the messages of this machine are there and whole, who else uses them, and by what clock. */
export async function checkStore(stack: LoadedStack, directory: string): Promise<Finding[]> {
  const other = await DevFile.running(directory);
  const shared: Finding =
    other === undefined
      ? { check: "processes", status: "ok", message: "no alien dev runs here" }
      : {
          check: "processes",
          status: "ok",
          message: `alien dev runs here (${printRunning(other)})`,
        };
  if (!existsSync(join(directory, "store"))) {
    return [shared, { check: "store", status: "ok", message: "no message was kept here yet" }];
  }
  const store = new LocalStore(directory);
  try {
    await store.declare(stack.stack);
    const queues = stack.stack.resources.filter(({ type }) => type === "queue");
    const stats = await Promise.all(
      queues.flatMap((queue) => (queue.type === "queue" ? [store.operate(queue).stats()] : [])),
    );
    const held = stats.reduce(
      (sum, { ready, delayed = 0, inFlight = 0 }) => sum + ready + delayed + inFlight,
      0,
    );
    const dead = stats.reduce((sum, each) => sum + each.dead, 0);
    const message = `opens and is whole: ${printCount(held, "message")} and ${printCount(dead, "dead letter")} in ${printCount(queues.length, "queue")}`;
    return [shared, { check: "store", status: "ok", message }, await checkClock(store)];
  } catch (error) {
    return [shared, findingOf("store", error)];
  } finally {
    await store.close();
  }
}

async function checkClock(store: LocalStore): Promise<Finding> {
  const { aheadMs } = await store.clock.read();
  if (aheadMs === 0)
    return { check: "clock", status: "ok", message: "the queues' clock is this machine's" };
  return {
    check: "clock",
    status: "warning",
    message: `the queues' clock is ${printDuration(aheadMs)} ahead of this machine's`,
    fix: "Go back with: alien clock reset",
  };
}
