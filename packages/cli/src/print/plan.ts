import type { Plan, Step } from "@alienplatform/deploy";
import type { Colors } from "../terminal.ts";
import { printCount } from "./count.ts";
import { indented } from "./error.ts";
import { printChange, printSettings } from "./setting.ts";
import { visible } from "./visible.ts";

export interface PrintPlanOptions {
  /** Whether what is to be made is shown with all its settings. */
  readonly settings: boolean;
}

const MARKS = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  adopt: ">",
  forget: "x",
  none: " ",
} as const satisfies Record<Step["action"], string>;

/** Every step that changes something, by resource, with every change; then how many. */
export function printPlan(plan: Plan, colors: Colors, { settings }: PrintPlanOptions): string {
  const { steps, parts, problems, warnings = [] } = plan;
  const taken = shown(steps).filter(({ action }) => action !== "none");
  const lines = [printPlace(plan, colors)];
  for (const [resource, own] of byResource(taken)) {
    lines.push("", colors.bold(resource));
    for (const step of own) {
      lines.push(
        printStep(step, colors),
        ...printWhat(step, settings ? parts : [], colors).map((line) => `      ${line}`),
      );
    }
  }
  for (const { warning, frame } of warnings) {
    lines.push("", `${colors.yellow("warning")}  ${visible(warning)}`);
    if (frame !== undefined) lines.push(`  ${indented(frame)}`);
  }
  // The first one is the error that the command ends with.
  for (const { problem, fix } of problems.slice(1)) {
    lines.push(
      "",
      `${colors.red("problem")}  ${visible(problem)}`,
      `  ${colors.green("fix")}  ${visible(fix)}`,
    );
  }
  // Where nothing could be planned there is nothing to count.
  if (steps.length > 0 || problems.length === 0) lines.push("", printCounts(steps, colors));
  return lines.join("\n");
}

/** "images on aws, stage dev (account 123456789012, region eu-central-1)" */
export function printPlace({ place }: Pick<Plan, "place">, colors: Colors): string {
  const settings = Object.entries(place.settings).map(([name, value]) => `${name} ${value}`);
  const where = settings.length === 0 ? "" : colors.dim(` (${settings.join(", ")})`);
  return `${colors.bold(place.stack)} on ${place.platform}, stage ${colors.bold(place.stage)}${where}`;
}

/** The steps as a reader counts them: that what is replaced goes is part of its replacement, with what is lost by it. */
function shown(steps: readonly Step[]): readonly Step[] {
  const replaced = new Set(
    steps.flatMap(({ action, part }) => (action === "replace" ? [part] : [])),
  );
  const goes = ({ action, part }: Step) => action === "delete" && replaced.has(part);
  const leaving = steps.filter(goes);
  return steps
    .filter((step) => !goes(step))
    .map((step) => {
      if (step.action !== "replace") return step;
      const lost = leaving.find(({ part }) => part === step.part)?.loses;
      return lost === undefined ? step : { ...step, loses: lost };
    });
}

/** "2 to create, 1 to change, 9 as they are" */
export function printCounts(steps: readonly Step[], colors: Colors): string {
  const all = shown(steps);
  const count = (...actions: readonly Step["action"][]) =>
    all.filter(({ action }) => actions.includes(action)).length;
  const counts = [
    { text: "to create", number: count("create"), color: colors.green },
    { text: "to take over", number: count("adopt"), color: colors.green },
    { text: "to change", number: count("update"), color: colors.yellow },
    { text: "to replace", number: count("replace"), color: colors.red },
    { text: "to delete", number: count("delete"), color: colors.red },
    { text: "gone already", number: count("forget"), color: colors.dim },
  ].filter(({ number }) => number > 0);
  const same = count("none");
  if (counts.length === 0) {
    const what = same === 0 ? "there is nothing" : `${printCount(same, "part")}, as declared`;
    return `${colors.green("nothing to do")}: ${what}`;
  }
  const rest = same === 0 ? [] : [colors.dim(`${same} as they are`)];
  return [...counts.map(({ text, number, color }) => color(`${number} ${text}`)), ...rest].join(
    ", ",
  );
}

/** "~ lambda-function  images-dev-worker  it was changed by somebody else" */
export function printStep({ action, type, name, because, loses }: Step, colors: Colors): string {
  const color = colorOf(action, colors);
  const notes = [
    because === undefined ? "" : colors.dim(`  ${visible(because)}`),
    loses === undefined ? "" : colors.red(`  loses ${visible(loses)}`),
  ];
  return `  ${color(`${MARKS[action]} ${type}`)}  ${visible(name)}${notes.join("")}`;
}

function printWhat(step: Step, parts: Plan["parts"], colors: Colors): readonly string[] {
  if (step.action === "create") {
    const part = parts.find(({ id }) => id === step.part);
    return part === undefined ? [] : printSettings(part.config, colors);
  }
  return step.changes.flatMap((change) => printChange(change, colors));
}

function colorOf(action: Step["action"], colors: Colors): (text: string) => string {
  switch (action) {
    case "create":
    case "adopt":
      return colors.green;
    case "update":
      return colors.yellow;
    case "replace":
    case "delete":
      return colors.red;
    case "forget":
    case "none":
      return colors.dim;
  }
}

function byResource(steps: readonly Step[]): Map<string, Step[]> {
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    const own = groups.get(step.resource);
    if (own === undefined) groups.set(step.resource, [step]);
    else own.push(step);
  }
  return groups;
}
