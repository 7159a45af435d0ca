import { AlienError } from "@alienplatform/core";
import type { StateStore, StoredState } from "@alienplatform/deploy";
import { type AuthClient, GoogleAuth, PassThroughClient } from "google-auth-library";
import { answerError, credentialsError, type StoragePlace, thrownError } from "./state-errors.ts";

/** An answer that takes longer is none. */
const ANSWER_MS = 60_000;
const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

export interface StateStoreOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens the state in the object that "gs://bucket/path" names. Does no I/O. Credentials are Application Default Credentials;
 * STORAGE_EMULATOR_HOST is read as Google's own libraries read it.
 */
export function openStateStore(url: string, { environment }: StateStoreOptions): StateStore {
  return new GcsStateStore(placeOf(url), environment.STORAGE_EMULATOR_HOST);
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Two calls of the JSON API, over Google's own credentials: its client library for storage, of a dozen packages, retries by
 * itself. A version is a generation, which no two writes of an object share.
 */
class GcsStateStore implements StateStore {
  readonly url: string;
  readonly #place: StoragePlace;
  readonly #emulator: string | undefined;
  #client: Promise<AuthClient> | undefined;

  constructor(place: StoragePlace, emulator: string | undefined) {
    this.url = place.url;
    this.#place = place;
    this.#emulator = emulator === "" ? undefined : emulator;
  }

  async read(signal: AbortSignal): Promise<StoredState | undefined> {
    const { bucket, object } = this.#place;
    const path = `/storage/v1/b/${bucket}/o/${encodeURIComponent(object)}`;
    const doing = `reading the state ${this.url}`;
    const { status, headers, text } = await this.#call(
      "GET",
      path,
      { alt: "media" },
      doing,
      signal,
    );
    const generation = headers.get("x-goog-generation");
    if (status === 200 && generation !== null) return { text, version: generation };
    // In its words alone: https://cloud.google.com/storage/docs/json_api/v1/status-codes
    if (status === 404 && !/bucket does not exist/i.test(text)) return undefined;
    throw answerError(status, text, doing, this.#place);
  }

  async write(
    text: string,
    replaced: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { bucket, object } = this.#place;
    const path = `/upload/storage/v1/b/${bucket}/o`;
    // 0: where there is no object of that name.
    const condition = { ifGenerationMatch: replaced ?? "0" };
    const parameters = { uploadType: "media", name: object, ...condition, fields: "generation" };
    const doing = `writing the state ${this.url}`;
    const answer = await this.#call("POST", path, parameters, doing, signal, text);
    if (answer.status === 412) return undefined;
    const generation = answer.status === 200 ? generationIn(answer.text) : undefined;
    if (generation !== undefined) return generation;
    throw answerError(answer.status, answer.text, doing, this.#place);
  }

  async close(): Promise<void> {
    return undefined;
  }

  async #call(
    method: "GET" | "POST",
    path: string,
    parameters: Readonly<Record<string, string>>,
    doing: string,
    signal: AbortSignal,
    body?: string,
  ): Promise<Answer> {
    try {
      const client = await this.#credentials();
      const { status, headers, data } = await client.request<string>({
        method,
        url: `${this.#base()}${path}?${new URLSearchParams(parameters)}`,
        ...(body === undefined ? {} : { data: body }),
        headers: { "content-type": "application/json" },
        responseType: "text",
        validateStatus: () => true,
        // The engine repeats, and finds out what became of a write first.
        retry: false,
        // Not the client's own `timeout`, which forgets a signal that has fired already.
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      return { status, headers, text: data };
    } catch (error) {
      throw thrownError(error, doing, signal);
    }
  }

  #credentials(): Promise<AuthClient> {
    if (this.#emulator !== undefined) return Promise.resolve(new PassThroughClient());
    // A failure is not kept: a metadata server may be late once.
    this.#client ??= new GoogleAuth({ scopes: SCOPE }).getClient().catch((error: unknown) => {
      this.#client = undefined;
      throw credentialsError(error);
    });
    return this.#client;
  }

  /** Google's libraries take the variable with a scheme and without. */
  #base(): string {
    if (this.#emulator === undefined) return "https://storage.googleapis.com";
    const host = this.#emulator.replace(/\/+$/, "");
    return /^https?:\/\//.test(host) ? host : `http://${host}`;
  }
}

/** https://cloud.google.com/storage/docs/buckets#naming */
function placeOf(url: string): StoragePlace {
  const [, bucket, object] =
    /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])\/([^?#]*[^/?#])$/.exec(url) ?? [];
  if (bucket === undefined || object === undefined) {
    throw new AlienError(
      "OPTION_INVALID",
      `"${url}" names no object in a bucket of Cloud Storage`,
      {
        fix: 'Write it as "gs://bucket/path".',
      },
    );
  }
  return { url, bucket, object };
}

function generationIn(text: string): string | undefined {
  try {
    const { generation } = Object(JSON.parse(text)) as { generation?: unknown }; // any JSON may be read so
    return typeof generation === "string" ? generation : undefined;
  } catch {
    // Half an answer, or a proxy's page: what became of the write is not known.
    return undefined;
  }
}
