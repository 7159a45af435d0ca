import type { GoogleAuth } from "google-auth-library";
import { GoogleRefusal, type GoogleStatus } from "./google-refusal.ts";

/** The services that deploying calls, as gcloud names them. */
export type GoogleApi =
  | "cloudfunctions"
  | "cloudresourcemanager"
  | "cloudtasks"
  | "firestore"
  | "iam"
  | "logging"
  | "monitoring"
  | "pubsub"
  | "run"
  | "secretmanager"
  | "storage";

/** An answer that takes longer is none; uploading a function's zip is the longest. */
const ANSWER_MS = 60_000;

export interface GoogleCall {
  readonly verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** "v1/projects/p/topics/t", with what is not legal in a URL escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, with this type. */
  readonly content?: { readonly type: string; readonly bytes: Uint8Array };
  readonly signal: AbortSignal;
}

export interface GoogleClientOptions {
  /** Where a service answers, where that is not its own host. One of "http:" is an emulator, and gets no credentials. */
  readonly endpoints: Readonly<Partial<Record<GoogleApi, string>>>;
  /** Found at the first call that needs it. */
  readonly auth: () => Promise<Pick<GoogleAuth, "getRequestHeaders">>;
  readonly fetch?: typeof fetch;
}

/**
 * Google's REST APIs with Application Default Credentials. Of the official clients there would be seven, of some megabytes
 * each, over gRPC for the most part; deploying makes small calls, and the engine repeats, waits and counts them itself. It
 * never enters a function's bundle.
 */
export class GoogleClient {
  readonly #given: GoogleClientOptions;
  #auth: ReturnType<GoogleClientOptions["auth"]> | undefined;

  /** Does no I/O. */
  constructor(given: GoogleClientOptions) {
    this.#given = given;
  }

  /** What the service answers, as JSON; throws GoogleRefusal where it refuses. Repeats nothing. */
  async call<Answer>(api: GoogleApi, call: GoogleCall): Promise<Answer> {
    const text = await this.text(api, call);
    // As the service documents it.
    return (text === "" ? {} : JSON.parse(text)) as Answer;
  }

  /** The same as it was written: an object of Cloud Storage. */
  async text(api: GoogleApi, call: GoogleCall): Promise<string> {
    const response = await this.#send(api, call);
    const text = await response.text();
    if (response.ok) return text;
    throw new GoogleRefusal(response.status, statusOf(text), api);
  }

  async #send(api: GoogleApi, { verb, path, query = {}, body, content, signal }: GoogleCall) {
    const { endpoints, fetch: send = fetch } = this.#given;
    const base = endpoints[api] ?? `https://${api}.googleapis.com/`;
    const url = new URL(`${base.replace(/\/$/, "")}/${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.append(name, String(value));
    }
    const type = content?.type ?? (body === undefined ? undefined : "application/json");
    const headers = new Headers(url.protocol === "http:" ? {} : await this.#headers(url));
    if (type !== undefined) headers.set("content-type", type);
    return send(url, {
      method: verb,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      ...(type === undefined ? {} : { body: content?.bytes ?? JSON.stringify(body) }),
    });
  }

  async #headers(url: URL): Promise<Headers> {
    this.#auth ??= this.#given.auth();
    // What failed is not kept: somebody signs in meanwhile.
    this.#auth.catch(() => {
      this.#auth = undefined;
    });
    return (await this.#auth).getRequestHeaders(url.href);
  }
}

/** https://cloud.google.com/apis/design/errors#http_mapping; what is not Google's (a proxy's page) has no more than a status. */
function statusOf(text: string): GoogleStatus {
  try {
    const { error } = JSON.parse(text) as { readonly error?: GoogleStatus };
    return error ?? {};
  } catch {
    return {};
  }
}
