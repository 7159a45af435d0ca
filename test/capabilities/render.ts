import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { conformanceCases } from "@alienplatform/bindings/conformance";
import { root } from "../source-files.ts";
import type { Column } from "./columns.ts";
import { type Evidence, evidenceOf, type Tally, tallyOf, tallyOfFiles } from "./evidence.ts";
import { features } from "./features.ts";
import { pageOf } from "./pages.ts";
import type { RunResult } from "./results.ts";
import type { Grade, Run } from "./runs.ts";

type Results = ReadonlyMap<string, RunResult>;

/** What each platform can, with the vendors' pages: from capabilities alone, no run is needed. */
export function featureTable(columns: readonly Column[]): string {
  const sources = columns.map(({ source }) => readFileSync(resolve(root, source), "utf8"));
  const rows = features.map(({ title, field, text }) => [
    title,
    ...columns.map(({ capabilities, bare, value }, index) => {
      const page = pageOf(sources[index] ?? "", value, field);
      const own = text(bare);
      const linked = page === undefined ? own : `[${own}](${page})`;
      const cell = text(capabilities);
      return cell === own ? linked : `${cell} (by itself ${linked})`;
    }),
  ]);
  return table(["", ...titles(columns)], rows);
}

/** What was run, by part of the contract, and how much that proves. */
export function runTable(columns: readonly Column[], results: Results): string {
  const all = columns.map((column) => evidenceOf(column, results));
  const rows = Object.keys(conformanceCases).map((part) => [
    part,
    ...all.map((evidence) => cellOf(tallyOf(evidence.filter((one) => one.part === part)))),
  ]);
  const sums = ["**all**", ...all.map((evidence) => cellOf(tallyOf(evidence)))];
  const hosts = columns.map(({ hosts }) => cellOf(tallyOfFiles(hosts, results)));
  const end = [sums, ["a function in its host", ...hosts]];
  return table(["", ...titles(columns)], [...rows, ...end]);
}

/** Against what each column was run. */
export function runList(columns: readonly Column[]): string {
  return columns
    .map(({ title, runs, hosts }) => {
      const against = [...runs, ...hosts].map(
        ({ against, grade }) => `${against} (${WORDS[grade]})`,
      );
      return `- ${title}: ${[...new Set(against)].join(", ")}`;
    })
    .join("\n");
}

/** By whom each column was run, in a few words. */
export function peersOf({ runs, hosts }: Column): string {
  const named = [...runs, ...hosts].filter(({ grade }) => grade === "independent");
  const own = runs.length > 0 && named.length === 0 ? ["our own server"] : [];
  const live = runs.some(({ grade }) => grade === "live") ? ["itself"] : [];
  return live[0] ?? [...new Set([...named.map(({ against }) => against), ...own])].join(", ");
}

/** What is excepted where, with its reason. */
export function exceptionList(columns: readonly Column[], results: Results): string {
  return columns
    .flatMap((column) => {
      const excepted = evidenceOf(column, results).filter((one) => one.excepted.length > 0);
      return excepted.length === 0 ? [] : [`### ${column.title}`, "", ...byReason(excepted), ""];
    })
    .join("\n")
    .trimEnd();
}

function byReason(evidence: readonly Evidence[]): readonly string[] {
  const lines = new Map<string, Set<string>>();
  for (const { name, passed, excepted } of evidence) {
    for (const { against, reason } of excepted) {
      const key = `**${against}**: ${reason}`;
      const cases = lines.get(key) ?? new Set();
      cases.add(`*${name}*${passed === undefined ? "" : ` (passed elsewhere, ${WORDS[passed]})`}`);
      lines.set(key, cases);
    }
  }
  return [...lines].map(([reason, cases]) => `- ${reason}\n  ${[...cases].join("; ")}`);
}

/** Why cases do not apply, and how many; not those that are for who lacks what this platform has. */
export function notApplicableList(columns: readonly Column[], results: Results): string {
  return columns
    .filter(({ runs }) => runs.length > 0)
    .map((column) => {
      const counts = new Map<string, number>();
      for (const { notApplicable } of evidenceOf(column, results)) {
        if (notApplicable === undefined || /^this platform has (?!no )/.test(notApplicable))
          continue;
        const reason = notApplicable.replace(/^this platform has /, "");
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
      const sorted = [...counts].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
      const text = sorted.map(([reason, count]) => `${reason} (${count})`).join(", ");
      return `- ${column.title}: ${text === "" ? "all apply" : text}`;
    })
    .join("\n");
}

const WORDS: Readonly<Record<Grade, string>> = {
  live: "itself",
  independent: "independent",
  own: "our own",
};

/** A tick is for what the service itself or a program that nobody here wrote has shown. */
export function cellOf({ passed, excepted, failed }: Tally): string {
  const proved = passed.live + passed.independent;
  const parts = [
    ...(proved > 0 ? [`✓ ${proved}`] : []),
    ...(passed.own > 0 ? [`${passed.own} own`] : []),
    ...(excepted > 0 ? [`${excepted} excepted`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return parts.length === 0 ? "—" : parts.join(", ");
}

/** Runs that nobody has made, and cases that have failed: with them there is nothing to write. */
export function problemsOf(columns: readonly Column[], results: Results): readonly string[] {
  const runs = columns.flatMap((column): readonly Run[] => [...column.runs, ...column.hosts]);
  const missing = [...new Set(runs.map(({ run }) => run))].filter((run) => !results.has(run));
  const failed = columns.flatMap((column) =>
    evidenceOf(column, results)
      .filter((one) => one.failed.length > 0)
      .map((one) => `failed on ${one.failed.join(", ")}: ${one.name}`),
  );
  return [...missing.map((run) => `not run: ${run}`), ...new Set(failed)];
}

export function titles(columns: readonly Column[]): readonly string[] {
  return columns.map(({ title }) => title);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
