import type { DeliveryDone, DevEvent, Ready } from "../dev/event.ts";
import type { Colors } from "../terminal.ts";
import { printDuration } from "./duration.ts";
import { indented, printError } from "./error.ts";
import { printPause } from "./pause.ts";
import { visible, visibleLine } from "./visible.ts";

/** A readable line, or a few, for one event of `alien dev`. */
export function printDevEvent(event: DevEvent, at: Date, colors: Colors): string {
  switch (event.type) {
    case "ready":
      return printReady(event, colors);
    case "delivery":
      return printDelivery(event, at, colors);
    case "output":
      return `${colors.cyan(`[${event.function}]`)} ${event.line}`;
    case "log":
      return printLog(event, colors);
    case "warning":
      return `${colors.yellow("warning")}  ${visible(event.text)}`;
    case "problem":
      return event.again === true
        ? printError({ code: event.error.code, message: printAgain(event) }, colors)
        : printError(event.error, colors);
    case "restarted": {
      const why =
        event.changed.length === 0 ? "again" : `again, changed: ${event.changed.join(", ")}`;
      return `${colors.cyan(event.function)} runs ${why} ${colors.dim(printDuration(event.durationMs))}`;
    }
    case "unchanged": {
      const { changed, overruled } = event;
      const why =
        overruled.length === 0
          ? ""
          : `; the environment of alien dev goes before, and has another ${overruled.join(", ")}`;
      return colors.dim(`no variable has changed for the functions: ${changed.join(", ")}${why}`);
    }
    case "crashed": {
      const { restartInMs } = event;
      const next =
        restartInMs === undefined
          ? "the one before goes on"
          : `starts again in ${printDuration(restartInMs)}`;
      return `${colors.red("crashed")}  ${event.function} ended ${event.exit}; ${next}`;
    }
    case "stackReloaded": {
      const changes = [
        ...event.added.map((id) =>
          event.failed.includes(id)
            ? `+ ${id} ${colors.red("(does not run, see above)")}`
            : `+ ${id}`,
        ),
        ...event.removed.map((id) => `- ${id}`),
      ];
      return `${colors.cyan("alien.ts")} reloaded${changes.length === 0 ? "" : `: ${changes.join(", ")}`}`;
    }
    case "paused":
      return `${colors.yellow("paused")}  ${event.queue}: ${printPause(event, at.getTime())}; resume with: alien queue resume ${event.queue}`;
    case "resumed":
      return `${colors.green("resumed")}  ${event.queue}`;
    case "bound": {
      const to = event.function === undefined ? "as alien.ts says" : `to ${event.function}`;
      return `${colors.cyan("bound")}  ${event.queue} ${to}`;
    }
    case "stopping":
      return colors.dim(`stopping, handlers may finish (${event.signal}; once more to stop now)`);
    case "killed":
      return colors.yellow(`stopped now (${event.signal}); what handlers had in hand comes back`);
    case "stopped":
      return colors.dim(`stopped in ${printDuration(event.durationMs)}; messages are kept`);
  }
}

/** The same for programs: one JSON object, without line breaks; `folder` says of which stack, where several run. */
export function printDevEventJson(event: DevEvent, at: Date, folder?: string): string {
  return JSON.stringify({ version: 1, time: at.toISOString(), folder, ...event });
}

function printAgain({ function: id, error }: Extract<DevEvent, { type: "problem" }>): string {
  return `${id} cannot be built either, as above: ${error.message}`;
}

function printLog(
  { function: id, level, message, fields }: Extract<DevEvent, { type: "log" }>,
  colors: Colors,
): string {
  const words = [visible(message), ...(fields === undefined ? [] : [JSON.stringify(fields)])];
  const text = words.join(" ");
  const paint = { info: String, warn: colors.yellow, error: colors.red }[level];
  return `${colors.cyan(`[${id}]`)} ${paint(text)}`;
}

function printReady(event: Ready, colors: Colors): string {
  const consumers = [...event.functions, ...event.endpoints];
  const lines = consumers.map(({ id, queues, running, url }) => {
    const from = queues.length === 0 ? "" : `${queues.join(", ")} -> `;
    const where = url === undefined ? "" : `  ${colors.underline(url)}`;
    return `  ${from}${colors.bold(id)}${running ? where : colors.red("  does not run, see above")}`;
  });
  const consumed = new Set(consumers.flatMap(({ queues }) => queues));
  for (const queue of event.queues.filter((id) => !consumed.has(id))) {
    lines.push(`  ${queue} ${colors.dim("(no function)")}`);
  }
  if (event.console !== undefined) {
    lines.push(`  ${colors.dim("console")} ${colors.underline(event.console)}`);
  }
  return [
    `${colors.green("ready")} in ${printDuration(event.durationMs)}  ${colors.bold(event.stack)}  ${colors.dim(event.directory)}`,
    ...lines,
  ].join("\n");
}

function printDelivery(event: DeliveryDone, at: Date, colors: Colors): string {
  const line = [
    colors.dim(clockTime(at)),
    `${event.queue} -> ${event.function}`,
    // Whole: commands take no part of an id, and it is copied from here.
    colors.dim(event.id),
    `attempt ${event.attempt}`,
    outcome(event, colors),
    colors.dim(printDuration(event.durationMs)),
  ].join("  ");
  const { frame, calls = [] } = event;
  // With one call alone the frame shows it.
  const led = calls.length > 1 ? calls.map((call) => colors.dim(`    ${visible(call)}`)) : [];
  return [line, ...(frame === undefined ? [] : [`  ${indented(frame)}`]), ...led].join("\n");
}

function outcome({ outcome, delayMs, reason, place }: DeliveryDone, colors: Colors): string {
  const where = place === undefined ? "" : ` at ${visible(place)}`;
  const because = reason === undefined ? "" : `: ${visibleLine(reason, 200)}${where}`;
  switch (outcome) {
    case "ack":
      return colors.green("ok");
    case "retry":
      return colors.yellow(`retry ${delayMs ? `in ${printDuration(delayMs)}` : "now"}${because}`);
    case "deadLetter":
      return colors.red(`dead letter${because}`);
    case "release":
      return colors.yellow("given back");
    case "lost":
      return colors.yellow("lease lost, result dropped");
  }
}

function clockTime(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
