import { controllerOf } from "../controller-of.ts";
import { isOurs, ownerText } from "../part/ownership.ts";
import type { Step } from "../plan/plan.ts";
import { thingKey, thingsOf, withoutThing } from "../state/things.ts";
import { guardLoss } from "./guard-loss.ts";
import { contextOf, type Run, repeated } from "./run.ts";
import { stale } from "./stale.ts";

/** Removes one thing, at the vendor and then from the state. */
export async function deletePart(run: Run, step: Step): Promise<void> {
  if (step.action === "delete") await repeated(run, step, () => attempt(run, step));
  await run.session.change((state) => withoutThing(state, step.part, step));
}

async function attempt(run: Run, step: Step): Promise<void> {
  const { part, type, name } = step;
  const thing = thingsOf(run.session.state, part).find((each) => thingKey(each) === thingKey(step));
  if (thing === undefined) return;
  const controller = controllerOf(run.cloud.controllers, step);
  const context = contextOf(run, { id: part, name, config: thing.config }, thing.remote);
  const remote = await controller.read(context);
  if (remote === undefined) return;
  if (remote.owner !== undefined && !isOurs(remote.owner, run.cloud.place)) {
    throw stale(`${type} "${name}" was taken over by ${ownerText(remote.owner)}`);
  }
  guardLoss(run.plan, step, remote);
  await controller.delete(context, remote);
}
