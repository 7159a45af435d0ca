import { Command } from "commander";
import type { Context } from "../../context.ts";
import type { PlanOptions } from "../../deployment/deployment.ts";
import { readPlan } from "../../deployment/kept-plan.ts";
import { abortOnSignal } from "../../deployment/on-stop.ts";
import { adoptOption, planOptions } from "../../deployment/plan-options.ts";
import { refuseProblems } from "../../deployment/refuse-problems.ts";
import { confirm } from "../confirm.ts";

interface Options extends PlanOptions {
  readonly plan?: string;
  readonly yes?: boolean;
}

/** `alien deploy`: plans and applies; asks first where something would be deleted. */
export function deployCommand(context: Context): Command {
  return adoptOption(planOptions(new Command("deploy")))
    .description("make a stage what alien.ts declares; running it again goes on where it stopped")
    .option("--plan <file>", "apply what alien plan --out has kept, and nothing else")
    .option("-y, --yes", "do not ask")
    .action(async (options: Options) => {
      const signal = abortOnSignal(context, "what is under way is finished and written down");
      const [{ Deployment }, { printPlan }] = await Promise.all([
        import("../../deployment/deployment.ts"),
        import("../../print/plan.ts"),
      ]);
      const deployment = await Deployment.open(context, options, signal);
      try {
        const plan =
          options.plan === undefined
            ? await deployment.plan(options)
            : await readPlan(context, options.plan);
        const { data, note, noteColors } = context.terminal;
        if (options.json) data(JSON.stringify({ version: 1, kind: "planned", plan }));
        else note(printPlan(plan, noteColors, { settings: false }));
        refuseProblems(plan);
        const lost = plan.steps.filter(({ action }) => action === "delete" || action === "replace");
        if (lost.length > 0 && !options.yes) {
          const what = `delete or replace ${lost.map(({ name }) => name).join(", ")}`;
          await confirm(context.terminal, what, options.stage);
        }
        const { apply } = await import("../../deployment/apply.ts");
        await apply(context, deployment, plan, { signal, json: options.json === true });
      } finally {
        await deployment.close();
      }
    });
}
