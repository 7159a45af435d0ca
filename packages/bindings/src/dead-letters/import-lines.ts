import { AlienError } from "@alienplatform/core";
import type { DeadLetter, DeadLetterImport, DeadLetterOperator } from "../queue/dead-letter.ts";
import { parseLine } from "./line.ts";
import { type Line, linesOf } from "./lines.ts";

/** Of one call of a driver. */
const MOST_LETTERS = 100;
const MOST_CHARACTERS = 2 * 1024 * 1024;

export interface ImportOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with how many lines have been read. */
  readonly onProgress?: ((lines: number) => void) | undefined;
}

export interface ImportReport {
  /** Taken in now. */
  readonly imported: number;
  /** There already. */
  readonly known: number;
  /** By their number, from 1. */
  readonly refused: readonly RefusedLine[];
}

export interface RefusedLine {
  readonly line: number;
  readonly reason: string;
}

/** Takes in dead letters from NDJSON, a bounded part of it at a time. */
export async function importLines(
  operator: DeadLetterOperator,
  text: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  { signal, onProgress }: ImportOptions,
): Promise<ImportReport> {
  const report = { imported: 0, known: 0, refused: [] as RefusedLine[] };
  let waiting: { readonly line: number; readonly letter: DeadLetter }[] = [];
  let characters = 0;
  const import_ = {};
  const flush = async (lines: number) => {
    if (waiting.length > 0) await store(operator, waiting, report, import_);
    waiting = [];
    characters = 0;
    onProgress?.(lines);
  };
  let last = 0;
  for await (const line of linesOf(text)) {
    if (signal?.aborted) throw aborted(last);
    last = line.number;
    const letter = read(line, report.refused);
    if (letter === undefined) continue;
    waiting.push({ line: line.number, letter });
    characters += line.text?.length ?? 0;
    if (waiting.length >= MOST_LETTERS || characters >= MOST_CHARACTERS) await flush(last);
  }
  await flush(last);
  report.refused.sort((a, b) => a.line - b.line);
  return report;
}

function read({ number, text }: Line, refused: RefusedLine[]): DeadLetter | undefined {
  if (text === undefined) {
    refused.push({ line: number, reason: "it is too long for a dead letter" });
    return undefined;
  }
  if (text.trim() === "") return undefined;
  try {
    return parseLine(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    refused.push({ line: number, reason });
    return undefined;
  }
}

async function store(
  operator: DeadLetterOperator,
  waiting: readonly { readonly line: number; readonly letter: DeadLetter }[],
  report: { imported: number; known: number; refused: RefusedLine[] },
  import_: DeadLetterImport,
): Promise<void> {
  const letters = waiting.map(({ letter }) => letter);
  const results = await operator.importDeadLetters(letters, import_);
  for (const [index, { line }] of waiting.entries()) {
    const result = results[index];
    if (result === undefined) report.refused.push({ line, reason: "the platform did not answer" });
    else if (!result.ok) report.refused.push({ line, reason: result.error.message });
    else if (result.deduplicated) report.known++;
    else report.imported++;
  }
}

function aborted(lines: number): AlienError {
  return new AlienError("ABORTED", `the import was aborted after line ${lines}`, {
    fix: "Import the whole again: what is there already is not taken twice.",
    details: { lines },
  });
}
