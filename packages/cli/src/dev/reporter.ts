import { printDevEvent, printDevEventJson } from "../print/dev-event.ts";
import type { Terminal } from "../terminal.ts";
import type { DevEvent } from "./event.ts";

/** Says an event. */
export type Report = (event: DevEvent) => void;

/** Deliveries and what functions print are data; the rest is progress. For programs all of it is data. */
export function reporter(terminal: Terminal, json: boolean): Report {
  return (event) => {
    const at = new Date();
    if (json) terminal.data(printDevEventJson(event, at));
    else if (isData(event)) terminal.data(printDevEvent(event, at, terminal.colors));
    else terminal.note(printDevEvent(event, at, terminal.noteColors));
  };
}

function isData(event: DevEvent): boolean {
  if (event.type === "output") return event.stream === "stdout";
  return event.type === "delivery" || event.type === "log";
}
