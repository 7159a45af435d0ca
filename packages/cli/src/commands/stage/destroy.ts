import { Command } from "commander";
import type { Context } from "../../context.ts";
import type { PlanOptions } from "../../deployment/deployment.ts";
import { abortOnSignal } from "../../deployment/on-stop.ts";
import { planOptions } from "../../deployment/plan-options.ts";
import { refuseProblems } from "../../deployment/refuse-problems.ts";
import { printCount } from "../../print/count.ts";
import { confirm } from "../confirm.ts";

interface Options extends Omit<PlanOptions, "adopt"> {
  readonly yes?: boolean;
}

/** `alien destroy`: deletes everything of a stage; asks first. */
export function destroyCommand(context: Context): Command {
  return planOptions(new Command("destroy"))
    .description("delete everything of a stage; running it again goes on where it stopped")
    .option("-y, --yes", "do not ask")
    .action(async (options: Options) => {
      const signal = abortOnSignal(context, "what is under way is finished and written down");
      const [{ Deployment }, { printPlan }] = await Promise.all([
        import("../../deployment/deployment.ts"),
        import("../../print/plan.ts"),
      ]);
      const deployment = await Deployment.open(context, options, signal);
      try {
        const plan = await deployment.destroyPlan(options);
        const { data, note, noteColors } = context.terminal;
        if (options.json) data(JSON.stringify({ version: 1, kind: "planned", plan }));
        else note(printPlan(plan, noteColors, { settings: false }));
        refuseProblems(plan);
        if (plan.steps.length > 0 && !options.yes) {
          const all = printCount(plan.steps.length, "part");
          await confirm(context.terminal, `delete ${all} of stage ${options.stage}`, options.stage);
        }
        const { apply } = await import("../../deployment/apply.ts");
        await apply(context, deployment, plan, { signal, json: options.json === true });
      } finally {
        await deployment.close();
      }
    });
}
