import { Function as Fn, Queue } from "@alienplatform/core";
import type { Lowered } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { lower } from "../src/lower.ts";
import { artifactOf } from "./control/controller-world.ts";
import { openStage } from "./control/deployed-stage.ts";
import { place, stackOf } from "./lower/lowered.ts";

const tasks = new Queue("tasks").build();
const mail = new Queue("mail").fifo().build();
const worker = new Fn("worker").trigger(tasks).link(mail, "send").build();
const code = { worker: { ...artifactOf("worker"), bytes: 6 } };
const lowered = lower(stackOf(tasks, mail, worker), place, code);
const ADDED = /(^|\/)(state|delays)(\/|$)/;

test("a stage from before there were a table and delays gets both, and nothing of it is replaced", async () => {
  const { deploy, planOf, google } = await openStage();
  const older = before(lowered);
  expect(JSON.stringify(older)).not.toMatch(/state|delays/);
  await deploy(older);
  expect([google.databases.size, google.taskQueues.size]).toEqual([0, 0]);
  const { steps, problems } = await planOf(lowered);
  expect(problems).toEqual([]);
  const changed = steps.filter(({ action }) => action !== "none");
  const made = changed.filter(({ action }) => action === "create").map(({ part }) => part);
  expect(made.filter((part) => !ADDED.test(part))).toEqual([]);
  expect(
    changed.flatMap(({ action, part, changes }) =>
      action === "create" ? [] : [[action, part, ...changes.map(({ path }) => path)]],
    ),
  ).toEqual([
    [
      "update",
      "function/worker",
      "environment.ALIEN_TASKS_BINDING",
      "environment.ALIEN_MAIL_BINDING",
    ],
  ]);
  await deploy(lowered);
  expect((await planOf(lowered)).steps.every(({ action }) => action === "none")).toBe(true);
  await deploy({ parts: [], bindings: {} });
  const { databases, taskQueues, topics, functions, accounts } = google;
  const left = [databases, taskQueues, topics, functions, accounts].map(({ size }) => size);
  expect(left).toEqual([0, 0, 0, 0, 0]);
});

/** As it was: no such parts, nothing that refers to them, and nothing of them in a binding. */
function before({ parts, bindings }: Lowered): Lowered {
  const kept = parts.filter(({ id }) => !ADDED.test(id));
  const json = JSON.stringify({ parts: kept, bindings }, (key, value: unknown) => {
    if (key === "table" || (key === "tasks" && Object(value).serviceAccount)) return undefined;
    if (key !== "after" || !Array.isArray(value)) return value;
    return value.filter((part) => !ADDED.test(part));
  });
  return JSON.parse(json) as Lowered; // as it was written
}
