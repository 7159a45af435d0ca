import { askGoogle, type GoogleHeaders, googleHeaders } from "../google-request.ts";
import type { TableAddress } from "./table-address.ts";
import { FirestoreFault } from "./table-errors.ts";

/** What the emulator takes for somebody whom no rule holds back. */
const NOBODY: GoogleHeaders = {
  getRequestHeaders: async () => new Headers({ authorization: "Bearer owner" }),
};
const SCOPE = "https://www.googleapis.com/auth/datastore";

/** What a document holds, of the kinds that a state table uses. */
export interface Fields {
  readonly value?: { readonly stringValue?: string };
  /** Another one with each write: a write that changes nothing keeps the time of the last one, and so the version. */
  readonly nonce?: { readonly stringValue?: string };
  /** Milliseconds. */
  readonly expires?: { readonly integerValue?: string };
  /** The same, as what a policy of Firestore's removes documents by, within a day. */
  readonly removedFrom?: { readonly timestampValue?: string };
}

/** https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases.documents */
export interface Document {
  readonly name?: string;
  readonly fields?: Fields;
  readonly updateTime?: string;
}

/**
 * Requests to Firestore over HTTP. Its client, @google-cloud/firestore, brings listeners and transactions along, and
 * google-gax the protos of Pub/Sub; four requests need neither. No I/O until the first one, and nothing is repeated.
 */
export class FirestoreClient {
  /** "projects/p/databases/d/documents". */
  readonly root: string;
  readonly #url: string;
  readonly #auth: GoogleHeaders;

  constructor({ project, database, endpoint }: TableAddress, auth?: GoogleHeaders) {
    this.root = `projects/${project}/databases/${database}/documents`;
    this.#url = `${endpoint?.replace(/\/$/, "") ?? "https://firestore.googleapis.com"}/v1`;
    const emulated = endpoint?.startsWith("http:") ?? false;
    this.#auth = auth ?? (emulated ? NOBODY : googleHeaders(SCOPE));
  }

  /** The answer's JSON; throws what Firestore says instead. Without a body it is a GET. */
  async call(path: string, body: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const method = body === undefined ? "GET" : "POST";
    const url = `${this.#url}/${path}`;
    const { response, text } = await askGoogle(url, this.#auth, { method, body, signal });
    const answer: unknown = JSON.parse(text);
    if (response.ok) return answer;
    throw faultIn(answer, response.status);
  }
}

/** A query answers with a list, also of its fault. */
function faultIn(answer: unknown, httpStatus: number): FirestoreFault {
  const [first = {}] = [answer].flat();
  // Google's form of every error; what has another one has none of these.
  const { error } = (first ?? {}) as {
    readonly error?: { readonly status?: string; readonly message?: string };
  };
  const unnamed = httpStatus >= 500 ? "UNAVAILABLE" : "";
  return new FirestoreFault(error?.status ?? unnamed, error?.message ?? `HTTP ${httpStatus}`);
}
