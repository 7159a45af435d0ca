import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import type { PlanOptions } from "../../deployment/deployment.ts";
import { abortOnSignal } from "../../deployment/on-stop.ts";
import { adoptOption, planOptions } from "../../deployment/plan-options.ts";
import { refuseProblems } from "../../deployment/refuse-problems.ts";

interface Options extends PlanOptions {
  readonly out?: string;
}

/** `alien plan`: what deploy would do; writes nothing. */
export function planCommand(context: Context): Command {
  return adoptOption(planOptions(new Command("plan")))
    .description("show every change that deploy would make; changes nothing")
    .option("-o, --out <file>", "keep the plan for: alien deploy --plan <file>")
    .action(async (options: Options) => {
      const signal = abortOnSignal(context, "nothing was changed");
      const [{ Deployment }, { printPlan }] = await Promise.all([
        import("../../deployment/deployment.ts"),
        import("../../print/plan.ts"),
      ]);
      const deployment = await Deployment.open(context, options, signal);
      try {
        const plan = await deployment.plan(options);
        const { data, note, colors } = context.terminal;
        data(options.json ? JSON.stringify(plan) : printPlan(plan, colors, { settings: true }));
        if (options.out !== undefined) {
          const file = resolve(context.directory, options.out);
          await writeFile(file, `${JSON.stringify(plan)}\n`);
          note(`kept; apply it with: alien deploy --plan ${options.out}`);
        }
        refuseProblems(plan);
      } finally {
        await deployment.close();
      }
    });
}
