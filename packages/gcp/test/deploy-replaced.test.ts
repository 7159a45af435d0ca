import { Function as Fn, Queue } from "@alienplatform/core";
import { expect, test } from "vitest";
import { lower } from "../src/lower.ts";
import { artifactOf } from "./control/controller-world.ts";
import { openStage } from "./control/deployed-stage.ts";
import { place, stackOf } from "./lower/lowered.ts";

const code = { worker: { ...artifactOf("worker"), bytes: 6 } };

test("rights on a subscription that is made anew under its name are given anew, by the same deploy", async () => {
  const { planOf, deploy, google } = await openStage();
  const lowered = (queue: Queue) => {
    const tasks = queue.build();
    const worker = new Fn("worker").link(tasks, "receive").build();
    return lower(stackOf(tasks, worker), place, code);
  };
  const path = "projects/shop-prod/subscriptions/shop-dev-tasks";
  const members = () => {
    // As the policies' service keeps them.
    const { bindings = [] } = google.policies.get(path) ?? {};
    return (bindings as readonly { readonly members: readonly string[] }[]).flatMap((each) => [
      ...each.members,
    ]);
  };
  await deploy(lowered(new Queue("tasks")));
  const given = members();
  expect(given).toHaveLength(2);
  const ordered = lowered(new Queue("tasks").fifo());
  const replaced = (await planOf(ordered)).steps.filter(({ action }) => action === "replace");
  expect(replaced.map(({ part }) => part).sort()).toEqual([
    "function/worker/may/queue/tasks",
    "queue/tasks",
    "queue/tasks/backstop",
  ]);
  await deploy(ordered);
  expect(members()).toEqual(given);
  expect((await planOf(ordered)).steps.every(({ action }) => action === "none")).toBe(true);
});
