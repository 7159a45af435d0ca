import { randomUUID } from "node:crypto";
import {
  type Clock,
  fromPlainKey,
  plainKey,
  type StateTable,
  type TableItem,
  type TableKey,
  type TablePage,
} from "@alienplatform/bindings";
import { ITEMS, PARTITIONS } from "./collections.ts";
import { type Document, type Fields, FirestoreClient } from "./firestore-client.ts";
import type { TableAddress } from "./table-address.ts";
import { FirestoreFault, tableError } from "./table-errors.ts";

/** What never ends is over when no clock of a JavaScript program shows it. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** Removals between a write and a look are few. */
const MOST_TRIES = 8;

type Condition = { readonly exists: false } | { readonly updateTime: string };

/** The state table of a stage in Firestore: conditions are the times of documents' last writes. */
export class FirestoreTable implements StateTable {
  readonly #database: string;
  readonly #clock: Clock;
  readonly #client: FirestoreClient;

  constructor(address: TableAddress, clock: Clock) {
    this.#database = address.database;
    this.#clock = clock;
    this.#client = new FirestoreClient(address);
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
    if (version === undefined) return this.#insert(item, signal);
    const { updateTime, expiresAt } = readVersion(version);
    // What is over is of no version, and whoever knows the version knows when.
    if (this.#isOver(expiresAt) && !signal?.aborted) return undefined;
    return this.#write(item, { updateTime }, signal);
  }

  async delete(key: TableKey, version: string, signal?: AbortSignal): Promise<boolean> {
    const { updateTime, expiresAt } = readVersion(version);
    if (this.#isOver(expiresAt) && !signal?.aborted) return false;
    const write = { delete: this.#nameOf(key), currentDocument: { updateTime } };
    return (await this.#commit("delete", write, signal)) !== undefined;
  }

  async list(
    partition: string,
    { limit, after }: TablePage,
    signal?: AbortSignal,
  ): Promise<readonly TableItem[]> {
    const items: TableItem[] = [];
    let last = after;
    for (;;) {
      const wanted = limit - items.length;
      const page = await this.#page(partition, { limit: wanted, after: last }, signal);
      // To leave out what is over Firestore would want an index of the two together.
      items.push(...page.filter(({ expiresAt }) => !this.#isOver(expiresAt)));
      if (page.length < wanted || items.length === limit) return items;
      last = page.at(-1)?.sort;
    }
  }

  async close(): Promise<void> {
    // Its connections are of the process, and hold nothing up.
  }

  async #insert(
    item: Omit<TableItem, "version">,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const written = await this.#write(item, { exists: false }, signal);
      if (written !== undefined) return written;
      // What is there may be over; Firestore does not know.
      const found = await this.#read(item, signal);
      // Removed in between.
      if (found === undefined) continue;
      if (!this.#isOver(found.expiresAt)) return undefined;
      return this.#write(item, { updateTime: readVersion(found.version).updateTime }, signal);
    }
    const fault = new FirestoreFault("ABORTED", "it was written and removed meanwhile");
    throw tableError(`the put in database "${this.#database}"`, fault, signal);
  }

  async #write(
    item: Omit<TableItem, "version">,
    currentDocument: Condition,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const update = { name: this.#nameOf(item), fields: fieldsOf(item) };
    const updateTime = await this.#commit("put", { update, currentDocument }, signal);
    return updateTime === undefined ? undefined : versionOf(updateTime, item.expiresAt);
  }

  /** The time of the write, "" of a deletion; undefined where its condition does not hold. */
  async #commit(
    verb: string,
    write: unknown,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const answer = await this.#call(
      verb,
      `${this.#client.root}:commit`,
      { writes: [write] },
      signal,
    );
    if (answer === undefined) return undefined;
    // https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases.documents/commit
    const { writeResults } = answer as { readonly writeResults?: readonly Document[] };
    return writeResults?.[0]?.updateTime ?? "";
  }

  async #read(key: TableKey, signal: AbortSignal | undefined): Promise<TableItem | undefined> {
    const answer = await this.#call("get", this.#nameOf(key), undefined, signal);
    // What Firestore answers to this request.
    return answer === undefined ? undefined : toItem(answer as Document);
  }

  async #page(
    partition: string,
    { limit, after }: { readonly limit: number; readonly after: string | undefined },
    signal: AbortSignal | undefined,
  ): Promise<readonly TableItem[]> {
    const parent = `${this.#client.root}/${PARTITIONS}/${plainKey(partition)}`;
    const structuredQuery = {
      from: [{ collectionId: ITEMS }],
      orderBy: [{ field: { fieldPath: "__name__" } }],
      limit,
      ...(after === undefined
        ? {}
        : {
            startAt: {
              values: [{ referenceValue: this.#nameOf({ partition, sort: after }) }],
              before: false,
            },
          }),
    };
    const answer = await this.#call("list", `${parent}:runQuery`, { structuredQuery }, signal);
    // A list of documents, the last of which may be none.
    const found = answer as readonly { readonly document?: Document }[];
    return found.flatMap(({ document }) => (document === undefined ? [] : [toItem(document)]));
  }

  #isOver(expiresAt = NEVER): boolean {
    return expiresAt <= this.#clock.now();
  }

  #nameOf({ partition, sort }: TableKey): string {
    return `${this.#client.root}/${PARTITIONS}/${plainKey(partition)}/${ITEMS}/${plainKey(sort)}`;
  }

  /** Undefined where the document is not there, or not as the condition wants it. */
  async #call(
    verb: string,
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    try {
      return await this.#client.call(path, body, signal);
    } catch (thrown) {
      if (isRefused(thrown, verb)) return undefined;
      throw tableError(`the ${verb} in database "${this.#database}"`, thrown, signal);
    }
  }
}

/**
 * Of a database that is not there, and of one in Datastore mode, the same status says so, in words: "The Cloud Firestore
 * API is not available for Firestore in Datastore Mode database". Only writes have conditions.
 */
function isRefused(thrown: unknown, verb: string): boolean {
  if (!(thrown instanceof FirestoreFault)) return false;
  const { status, message } = thrown;
  if (status === "NOT_FOUND") return !/\bdatabase\b.*does not exist/i.test(message);
  if (status === "FAILED_PRECONDITION") {
    return (verb === "put" || verb === "delete") && !/datastore mode/i.test(message);
  }
  return status === "ALREADY_EXISTS";
}

function fieldsOf({ value, expiresAt }: Omit<TableItem, "version">): Fields {
  return {
    value: { stringValue: value },
    nonce: { stringValue: randomUUID() },
    ...(expiresAt === undefined
      ? {}
      : {
          expires: { integerValue: String(expiresAt) },
          removedFrom: { timestampValue: new Date(expiresAt).toISOString() },
        }),
  };
}

function toItem({ name = "", fields = {}, updateTime = "" }: Document): TableItem {
  const [sort = "", , partition = ""] = name.split("/").reverse();
  const { value, expires } = fields;
  const expiresAt = expires?.integerValue === undefined ? undefined : Number(expires.integerValue);
  const item = {
    partition: fromPlainKey(partition),
    sort: fromPlainKey(sort),
    value: value?.stringValue ?? "",
    version: versionOf(updateTime, expiresAt),
  };
  return expiresAt === undefined ? item : { ...item, expiresAt };
}

/** The time of the write, which Firestore compares, and when the item is over, which it does not know. */
function versionOf(updateTime: string, expiresAt = NEVER): string {
  return `${expiresAt} ${updateTime}`;
}

function readVersion(version: string) {
  const [expiresAt = "", updateTime = ""] = version.split(" ");
  return { expiresAt: Number(expiresAt), updateTime };
}
