import { formatDuration } from "@alienplatform/core";
import type { Column } from "./columns.ts";
import { evidenceOf, tallyOf, tallyOfFiles } from "./evidence.ts";
import {
  cellOf,
  exceptionList,
  featureTable,
  notApplicableList,
  peersOf,
  runList,
  runTable,
  table,
  titles,
} from "./render.ts";
import type { RunResult } from "./results.ts";
import { triggerTable } from "./triggers.ts";

const START = "<!-- capabilities -->";
const END = "<!-- /capabilities -->";

/** docs/capabilities.md, whole. */
export function capabilitiesDocument(
  columns: readonly Column[],
  results: ReadonlyMap<string, RunResult>,
): string {
  return `# Capabilities

Written by \`npm run capabilities\` from what each platform says of itself in \`packages/<platform>/src/capabilities.ts\` and from what the runs of the conformance suite gave; \`.ci/run\` checks that it is up to date. [guarantees.md](guarantees.md) says what the words mean.

## What each platform can

A link is the vendor's own page. What says "no" is refused with \`UNSUPPORTED\` or \`JOBS_NOT_KEPT\` and the nearest alternative, where it is declared or where it is asked for; nothing is silently different. A deploy gives each stage a table beside its queues, which keeps what a service lacks; "by itself" is what it can where a [binding](bindings.md) is written by hand and names none.

${featureTable(columns)}

## What a trigger can

Where a platform calls functions with the messages of \`.trigger(queue)\`; on a laptop they pull. What does not fit is refused by \`alien plan\`.

${triggerTable()}

## What was run

Cases of the conformance suite that apply, by part of the contract. A tick counts those that passed on the service itself or against a program that nobody here wrote; "own" those that passed against a wire-level server of our own alone; "excepted" those that passed nowhere, for a reason below. The local platform is the service itself. What a stage's table adds was run with a table in memory, so it counts as "own"; the tables have a suite of their own, run on DynamoDB's, Firestore's and Azure Tables' emulators and on workerd, and a stage's journey joins both. What a queue of Cloud Tasks adds was run with an emulator of it that others wrote, which sends what is due without a token. Nothing was run against a vendor's own cloud yet.

${runTable(columns, results)}

${runList(columns)}

## Exceptions

Where a program that stands in for a service does otherwise than its vendor documents, or a service does otherwise than the contract.

${exceptionList(columns, results)}

## What does not apply

Cases of what a platform has not, and how many; beside these each leaves out the sentences for who lacks what it has.

${notApplicableList(columns, results)}
`;
}

const TRIGGERS = /(?<=## What a trigger can\n\n[^\n]*\n\n)(?:\|[^\n]*\n)+/;
const FEATURES = /(?<=## What each platform can\n\n[^\n]*\n\n)(?:\|[^\n]*\n)+/;

/** The document with what platforms say of themselves anew, for which no run is needed. */
export function withFeatures(document: string, columns: readonly Column[]): string {
  return document
    .replace(FEATURES, () => `${featureTable(columns)}\n`)
    .replace(TRIGGERS, () => `${triggerTable()}\n`);
}

/** The README with its short table anew. */
export function withShortTable(
  readme: string,
  columns: readonly Column[],
  results: ReadonlyMap<string, RunResult>,
): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start === -1 || end === -1) throw new Error(`README.md has no ${START} ... ${END}`);
  const before = readme.slice(0, start + START.length);
  return `${before}\n\n${shortTable(columns, results)}\n\n${readme.slice(end)}`;
}

function shortTable(columns: readonly Column[], results: ReadonlyMap<string, RunResult>): string {
  const row = (title: string, cell: (column: Column) => string) => [title, ...columns.map(cell)];
  const mark = (is: boolean) => (is ? "yes" : "–");
  return table(
    ["", ...titles(columns)],
    [
      row("conformance suite", (column) => cellOf(tallyOf(evidenceOf(column, results)))),
      row("a function in its host", ({ hosts }) => cellOf(tallyOfFiles(hosts, results))),
      row("run against", peersOf),
      row("a process of one's own receives", ({ capabilities }) => mark(capabilities.pull)),
      row("FIFO groups", ({ capabilities }) => mark(capabilities.ordered)),
      row("longest delay of a send", ({ capabilities }) => lasting(capabilities.delayMaxMs)),
      row("longest delay of a retry", ({ capabilities }) => lasting(capabilities.retryDelay.maxMs)),
      row("priorities", ({ capabilities }) => mark(capabilities.priority)),
      row("idempotency keys", ({ capabilities }) => mark(capabilities.idempotency)),
      row("concurrency keys", ({ capabilities }) => mark(capabilities.concurrencyKeys)),
      row("jobs", ({ capabilities }) => mark(capabilities.jobs)),
    ],
  );
}

function lasting(ms: number): string {
  return ms === 0 ? "–" : formatDuration(ms);
}
