import type { Clock } from "../clock.ts";
import type { PauseRequest } from "../queue/control.ts";
import type {
  DeadLetter,
  DeadLetterImport,
  DeadLetterQuery,
  DeadLetterSweep,
  SweptPage,
} from "../queue/dead-letter.ts";
import type { Headers, QueueCapabilities } from "../queue/driver.ts";
import type { JobQuery } from "../queue/job.ts";
import type { PeekOptions, QueueOperator } from "../queue/operator.ts";
import type { StateTable } from "../table/state-table.ts";
import { jobRecordsOf } from "./job-records.ts";
import type { KeptOptions } from "./kept-driver.ts";
import { KeptJobs } from "./kept-jobs.ts";
import { PatientTable } from "./patient-table.ts";

export interface KeptOperatorOptions extends KeptOptions {
  /** Of the service. */
  readonly capabilities: QueueCapabilities;
}

/**
 * A service's operator with the jobs that a table keeps; what it does to dead letters and messages is written there. The
 * operator as it is where there is no table.
 */
export function keptOperator(
  operator: QueueOperator,
  table: StateTable | undefined,
  given: KeptOperatorOptions,
): QueueOperator {
  return table === undefined ? operator : new KeptOperator(operator, table, given);
}

class KeptOperator implements QueueOperator {
  readonly #operator: QueueOperator;
  readonly #table: StateTable;
  readonly #jobs: KeptJobs;
  readonly #clock: Clock;

  constructor(operator: QueueOperator, table: StateTable, given: KeptOperatorOptions) {
    const { queue, capabilities, clock, random = Math.random } = given;
    const patient = new PatientTable(table, clock, random);
    const records = jobRecordsOf(patient, capabilities, given);
    this.#operator = operator;
    this.#table = table;
    this.#clock = clock;
    this.#jobs = new KeptJobs({ queue, records, dead: operator, clock });
  }

  get inspector() {
    return this.#operator.inspector;
  }

  stats() {
    return this.#operator.stats();
  }

  peek(options: PeekOptions) {
    return this.#operator.peek(options);
  }

  async purge() {
    // What is sent while the service purges is not purged.
    const at = this.#clock.now();
    const purged = await this.#operator.purge();
    await this.#jobs.purged(at);
    return purged;
  }

  async deadLetters(query: DeadLetterQuery) {
    return this.#jobs.seen(await this.#operator.deadLetters(query));
  }

  async deadLetter(id: string) {
    const letter = await this.#operator.deadLetter(id);
    return letter === undefined ? undefined : (await this.#jobs.seen([letter]))[0];
  }

  editDeadLetter(id: string, change: { readonly body: string; readonly kind: Headers["kind"] }) {
    return this.#operator.editDeadLetter(id, change);
  }

  redrive(ids: readonly string[], options?: { readonly to?: string }) {
    const act = (some: readonly string[]) => this.#operator.redrive(some, options);
    return options?.to === undefined ? this.#jobs.redriven(ids, act) : act(ids);
  }

  async discard(ids: readonly string[]) {
    const results = await this.#operator.discard(ids);
    await this.#jobs.discarded(ids, results);
    return results;
  }

  async *sweep(sweep: DeadLetterSweep): AsyncIterable<SweptPage> {
    let since = this.#clock.now();
    for await (const page of this.#operator.sweep(sweep)) {
      const ids = page.letters.map(({ id }) => id);
      if (sweep.act === "discard") await this.#jobs.discarded(ids, page.results);
      else if (sweep.act === "redrive" && sweep.to === undefined) {
        await this.#jobs.returned(ids, page.results, since);
      }
      const letters = sweep.act === "show" ? await this.#jobs.seen(page.letters) : page.letters;
      yield { ...page, letters };
      // Whatever is asked for from here on is carried out later.
      since = this.#clock.now();
    }
  }

  async importDeadLetters(letters: readonly DeadLetter[], import_?: DeadLetterImport) {
    const results = await this.#operator.importDeadLetters(letters, import_);
    await this.#jobs.seen(letters.filter((_, index) => results[index]?.ok === true));
    return results;
  }

  control() {
    return this.#operator.control();
  }

  controlAfter(version: number, signal: AbortSignal) {
    return this.#operator.controlAfter(version, signal);
  }

  pause(pause: PauseRequest) {
    return this.#operator.pause(pause);
  }

  resume() {
    return this.#operator.resume();
  }

  bind(consumer: string, status: "active" | "paused") {
    return this.#operator.bind(consumer, status);
  }

  unbind() {
    return this.#operator.unbind();
  }

  job(id: string) {
    return this.#jobs.job(id);
  }

  jobs(query: JobQuery) {
    return this.#jobs.jobs(query);
  }

  jobsPage(query: JobQuery) {
    return this.#jobs.jobsPage(query);
  }

  jobEnded(id: string, signal: AbortSignal) {
    return this.#jobs.jobEnded(id, signal);
  }

  requeueJob(id: string) {
    return this.#jobs.requeueJob(id);
  }

  cancelJob(id: string) {
    return this.#jobs.cancelJob(id);
  }

  async close() {
    await Promise.all([this.#operator.close(), this.#table.close()]);
  }
}
