import { printDevEvent, printDevEventJson } from "../print/dev-event.ts";
import type { Terminal } from "../terminal.ts";
import type { DevEvent } from "./event.ts";

/** Says an event. */
export type Report = (event: DevEvent) => void;

/** Deliveries and what functions print are data; the rest is progress. For programs all of it is data. With a label each line says which stack it is of. */
export function reporter(terminal: Terminal, json: boolean, label?: string): StackReport {
  const labelled = (text: string) => (label === undefined ? text : eachLine(`${label} | `, text));
  const report = (event: DevEvent) => {
    const at = new Date();
    if (json) terminal.data(printDevEventJson(event, at, label));
    else if (isData(event)) terminal.data(labelled(printDevEvent(event, at, terminal.colors)));
    else terminal.note(labelled(printDevEvent(event, at, terminal.noteColors)));
  };
  return Object.assign(report, { printed: (text: string) => terminal.note(labelled(text)) });
}

/** Says what a stack does, and what its alien.ts prints. */
export type StackReport = Report & { readonly printed: (text: string) => void };

function eachLine(before: string, text: string): string {
  return text.replace(/^/gm, before);
}

function isData(event: DevEvent): boolean {
  if (event.type === "output") return event.stream === "stdout";
  return event.type === "delivery" || event.type === "log";
}
