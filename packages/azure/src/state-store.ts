import { text as textOf } from "node:stream/consumers";
import { AlienError } from "@alienplatform/core";
import type { StateStore, StoredState } from "@alienplatform/deploy";
import {
  BlobServiceClient,
  type BlockBlobClient,
  RestError,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { stateError } from "./state-errors.ts";
import { type BlobPlace, blobPlace } from "./state-place.ts";

/** An answer that takes longer is none. */
const ANSWER_MS = 60_000;

export interface StateStoreOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens the state in the blob that "azblob://container/path" or "https://<account>.blob.core.windows.net/container/path" names.
 * Does no I/O. The account and what opens it come from the variables that the command line of Azure reads:
 * AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_ACCOUNT with _KEY or _SAS_TOKEN; without them it is who is signed in.
 */
export function openStateStore(url: string, { environment }: StateStoreOptions): StateStore {
  return new BlobStateStore(blobPlace(url, environment), environment);
}

class BlobStateStore implements StateStore {
  readonly url: string;
  readonly #place: BlobPlace;
  readonly #environment: StateStoreOptions["environment"];
  #blob: Promise<BlockBlobClient> | undefined;

  constructor(place: BlobPlace, environment: StateStoreOptions["environment"]) {
    this.url = place.url;
    this.#place = place;
    this.#environment = environment;
  }

  async read(signal: AbortSignal): Promise<StoredState | undefined> {
    try {
      const blob = await this.#opened();
      // What breaks off is read again as a whole, by the engine.
      const options = { abortSignal: signal, maxRetryRequests: 0 };
      const { readableStreamBody, etag } = await blob.download(0, undefined, options);
      if (readableStreamBody === undefined || etag === undefined) return undefined;
      return { text: await textOf(readableStreamBody), version: etag };
    } catch (error) {
      if (codeOf(error) === "BlobNotFound") return undefined;
      throw this.#translate(error, "reading", signal);
    }
  }

  async write(
    text: string,
    replaced: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    try {
      const blob = await this.#opened();
      const { etag } = await blob.upload(text, Buffer.byteLength(text), {
        abortSignal: signal,
        blobHTTPHeaders: { blobContentType: "application/json" },
        conditions: replaced === undefined ? { ifNoneMatch: "*" } : { ifMatch: replaced },
      });
      return etag;
    } catch (error) {
      if (isElsewhere(error)) return undefined;
      throw this.#translate(error, "writing", signal);
    }
  }

  async close(): Promise<void> {
    return undefined;
  }

  #opened(): Promise<BlockBlobClient> {
    this.#blob ??= this.#open().then((service) =>
      service.getContainerClient(this.#place.container).getBlockBlobClient(this.#place.blob),
    );
    return this.#blob;
  }

  async #open(): Promise<BlobServiceClient> {
    const { endpoint, account, connectionString } = this.#place;
    // The engine repeats, and finds out what became of a write first.
    const options = { retryOptions: { maxTries: 1, tryTimeoutInMs: ANSWER_MS } };
    if (connectionString !== undefined) {
      return BlobServiceClient.fromConnectionString(connectionString, options);
    }
    const { AZURE_STORAGE_KEY: key, AZURE_STORAGE_SAS_TOKEN: sas } = this.#environment;
    if (key !== undefined && key !== "") {
      return new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, key), options);
    }
    if (sas !== undefined && sas !== "") {
      return new BlobServiceClient(`${endpoint}?${sas.replace(/^\?/, "")}`, undefined, options);
    }
    const { DefaultAzureCredential } = await import("@azure/identity");
    return new BlobServiceClient(endpoint, new DefaultAzureCredential(), options);
  }

  #translate(thrown: unknown, verb: string, signal: AbortSignal): AlienError {
    if (thrown instanceof AlienError) return thrown;
    return stateError(thrown, `${verb} the state ${this.url}`, this.#place, signal);
  }
}

/**
 * Whether another write was there first: 412 where a version is no longer, 409 where the first one is not the first. Of
 * a lease, which somebody may have taken on the blob, 412 says another code.
 * https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
function isElsewhere(error: unknown): boolean {
  return ["ConditionNotMet", "BlobAlreadyExists", "BlobNotFound"].includes(codeOf(error) ?? "");
}

function codeOf(error: unknown): string | undefined {
  return error instanceof RestError ? error.code : undefined;
}
