import {
  type Clock,
  plainKey,
  type StateTable,
  type TableItem,
  type TableKey,
  type TablePage,
} from "@alienplatform/bindings";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { keyPath, readVersion, toEntity, toItem, versionOf } from "./entity.ts";
import type { TableAddress } from "./table-address.ts";
import { TableClient, type TableRequest } from "./table-client.ts";
import { answerError, faultName, thrownError } from "./table-errors.ts";

/** How long what is over stays: longer than any two clocks differ. */
const KEPT_MS = 24 * 60 * 60 * 1_000;
/** One put in so many removes what is over in its partition, at most so many items and so more than are made. */
const SWEEP_ONE_IN = 20;
const SWEPT = 40;
/** What plain keys begin with. A sweep goes on from one of them, since the service looks at a thousand items at most. */
const BEGINS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The state table of a stage in Azure Tables, which removes nothing by itself: conditions are ETags. */
export class AzureTable implements StateTable {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #client: TableClient;
  readonly #sweepOneIn: number;

  constructor(address: TableAddress, clock: Clock, sweepOneIn = SWEEP_ONE_IN) {
    this.#name = address.name;
    this.#sweepOneIn = sweepOneIn;
    this.#clock = clock;
    this.#client = new TableClient(address);
  }

  async get(key: TableKey, signal?: AbortSignal): Promise<TableItem | undefined> {
    const item = await this.#read(key, signal);
    return item === undefined || this.#isOver(item.expiresAt) ? undefined : item;
  }

  async put(
    item: Omit<TableItem, "version">,
    version: string | undefined,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const written = await this.#put(item, version, signal);
    // What was put is put: a sweep that fails is left to the next one.
    if (Math.random() * this.#sweepOneIn < 1) {
      await this.#sweep(item.partition, signal).catch(() => undefined);
    }
    return written;
  }

  #put(
    item: Omit<TableItem, "version">,
    version: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    if (version === undefined) return this.#insert(item, signal);
    const { etag, expiresAt } = readVersion(version);
    return this.#unlessOver(expiresAt, undefined, signal, () => this.#replace(item, etag, signal));
  }

  delete(key: TableKey, version: string, signal?: AbortSignal): Promise<boolean> {
    const { etag, expiresAt } = readVersion(version);
    return this.#unlessOver(expiresAt, false, signal, async () => {
      const path = `/${this.#name}${keyPath(key)}`;
      const answer = await this.#send("delete", { method: "DELETE", path, ifMatch: etag, signal });
      if (answer.status === 204) return true;
      if (isRefused(answer)) return false;
      throw this.#error("delete", answer);
    });
  }

  async list(
    partition: string,
    { limit, after }: TablePage,
    signal?: AbortSignal,
  ): Promise<readonly TableItem[]> {
    const filter = [
      `PartitionKey eq '${plainKey(partition)}'`,
      ...(after === undefined ? [] : [`RowKey gt '${plainKey(after)}'`]),
      `expires gt ${this.#clock.now()}L`,
    ].join(" and ");
    const items: TableItem[] = [];
    let next = "";
    do {
      const top = limit - items.length;
      const path = `/${this.#name}()?$filter=${encodeURIComponent(filter)}&$top=${top}${next}`;
      const answer = await this.#send("list", { method: "GET", path, signal });
      if (answer.status !== 200) throw this.#error("list", answer);
      items.push(...this.#parse(answer, (read) => valuesOf(read).map((each) => toItem(each))));
      // A page ends where the service likes, with nothing in it too.
      next = continuation(answer);
    } while (next !== "" && items.length < limit);
    return items;
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  async #sweep(partition: string, signal: AbortSignal | undefined): Promise<void> {
    const from = BEGINS[Math.floor(Math.random() * BEGINS.length)] ?? "";
    const since = this.#clock.now() - KEPT_MS;
    // Half of them from the beginning, so that a small partition is swept whole.
    const after = Math.random() < 0.5 ? "" : ` and RowKey ge '${from}'`;
    const filter = `PartitionKey eq '${plainKey(partition)}'${after} and expires le ${since}L`;
    const asked = `$filter=${encodeURIComponent(filter)}&$top=${SWEPT}&$select=PartitionKey,RowKey`;
    const path = `/${this.#name}()?${asked}`;
    const found = await this.#send("sweep", { method: "GET", path, signal });
    const over = this.#parse(found, (read) => valuesOf(read).map((each) => toItem(each)));
    await Promise.all(
      over.map((item) => {
        const ifMatch = readVersion(item.version).etag;
        const one = `/${this.#name}${keyPath(item)}`;
        return this.#send("sweep", { method: "DELETE", path: one, ifMatch, signal });
      }),
    );
  }

  async #insert(
    item: Omit<TableItem, "version">,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const path = `/${this.#name}`;
    const body = toEntity(item);
    const answer = await this.#send("put", { method: "POST", path, body, signal });
    if (answer.status === 204) return versionIn(answer, item);
    if (faultName(answer) !== "EntityAlreadyExists") throw this.#error("put", answer);
    // What is there may be over; the service does not know.
    const found = await this.#read(item, signal);
    if (found === undefined) return this.#insert(item, signal);
    if (!this.#isOver(found.expiresAt)) return undefined;
    return this.#replace(item, readVersion(found.version).etag, signal);
  }

  async #replace(
    item: Omit<TableItem, "version">,
    ifMatch: string,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const path = `/${this.#name}${keyPath(item)}`;
    const body = toEntity(item);
    const answer = await this.#send("put", { method: "PUT", path, body, ifMatch, signal });
    if (answer.status === 204) return versionIn(answer, item);
    if (isRefused(answer)) return undefined;
    throw this.#error("put", answer);
  }

  async #read(key: TableKey, signal: AbortSignal | undefined): Promise<TableItem | undefined> {
    const path = `/${this.#name}${keyPath(key)}`;
    const answer = await this.#send("get", { method: "GET", path, signal });
    if (isGone(answer)) return undefined;
    if (answer.status !== 200) throw this.#error("get", answer);
    return this.#parse(answer, (read) => toItem(read, answer.headers.get("etag")));
  }

  /** What is over is of no version, and whoever knows the version knows when: the service need not be asked. */
  async #unlessOver<Result>(
    expiresAt: number,
    over: Result,
    signal: AbortSignal | undefined,
    run: () => Promise<Result>,
  ): Promise<Result> {
    return this.#isOver(expiresAt) && !signal?.aborted ? over : run();
  }

  #isOver(expiresAt = Number.POSITIVE_INFINITY): boolean {
    return expiresAt <= this.#clock.now();
  }

  async #send(verb: string, request: TableRequest): Promise<PipelineResponse> {
    try {
      return await this.#client.send(request);
    } catch (thrown) {
      throw thrownError(this.#doing(verb), thrown, request.signal);
    }
  }

  #parse<Result>({ bodyAsText }: PipelineResponse, read: (json: unknown) => Result): Result {
    try {
      return read(JSON.parse(bodyAsText ?? ""));
    } catch (thrown) {
      throw thrownError(this.#doing("read"), thrown);
    }
  }

  #error(verb: string, answer: PipelineResponse) {
    return answerError(this.#doing(verb), answer);
  }

  #doing(verb: string): string {
    return `the ${verb} on table "${this.#name}"`;
  }
}

function versionIn({ headers }: PipelineResponse, { expiresAt }: Omit<TableItem, "version">) {
  return versionOf(headers.get("etag") ?? "", expiresAt);
}

/** Whether the condition does not hold: another version is there, or nothing is. */
function isRefused(answer: PipelineResponse): boolean {
  return answer.status === 412 || isGone(answer);
}

/** Whether the entity is not there; of a table that is not there the service says so. */
function isGone(answer: PipelineResponse): boolean {
  return answer.status === 404 && faultName(answer) === "ResourceNotFound";
}

function valuesOf(read: unknown): readonly unknown[] {
  // What lists answer; a proxy's page has no list in it.
  const { value } = read as { readonly value?: unknown };
  if (!Array.isArray(value)) throw new SyntaxError("the answer has no list of entities");
  return value;
}

/** https://learn.microsoft.com/en-us/rest/api/storageservices/query-timeout-and-pagination */
function continuation({ headers }: PipelineResponse): string {
  const partition = headers.get("x-ms-continuation-nextpartitionkey");
  if (partition === undefined) return "";
  const row = headers.get("x-ms-continuation-nextrowkey") ?? "";
  return `&NextPartitionKey=${encodeURIComponent(partition)}&NextRowKey=${encodeURIComponent(row)}`;
}
