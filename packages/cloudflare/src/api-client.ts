import { AlienError } from "@alienplatform/core";

/** https://developers.cloudflare.com/api/ */
export const ENDPOINT = "https://api.cloudflare.com/client/v4";
/** An upload of a few megabytes included; longer than this the answer is lost. */
const ANSWER_MS = 60_000;

/** What Cloudflare refused, in its own words. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly errors: readonly ApiProblem[];
  /** How long to wait at least, where Cloudflare says so. */
  readonly retryAfterMs?: number;

  constructor(status: number, errors: readonly ApiProblem[], retryAfterMs?: number) {
    const [first] = errors;
    super(first === undefined ? `HTTP ${status}` : `${first.message} (code ${first.code})`);
    this.name = "ApiRefusal";
    this.status = status;
    this.errors = errors;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

export interface ApiProblem {
  readonly code: number;
  readonly message: string;
}

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string>>;
  /** Goes as JSON, or as it is where it is a form. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

export interface ApiSettings {
  readonly account: string;
  readonly token: string;
  /** Cloudflare's own unless told otherwise. */
  readonly endpoint?: string;
  /** Around each request, close to the wire; for tests. */
  readonly around?: <T>(request: () => Promise<T>) => Promise<T>;
}

/** What its answers come in: https://developers.cloudflare.com/api/ */
interface Envelope {
  readonly success?: boolean;
  readonly errors?: readonly ApiProblem[];
  readonly result?: unknown;
  readonly result_info?: { readonly page?: number; readonly total_pages?: number };
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * The part of Cloudflare's HTTP API that belongs to one account. A dozen requests are all that deploy makes, and the
 * official client repeats what failed by itself, brings 120 MB, and wants its own form of every upload: so it is fetch.
 */
export class AccountApi {
  readonly account: string;
  readonly #token: string;
  readonly #url: string;
  readonly #around: NonNullable<ApiSettings["around"]>;

  constructor({
    account,
    token,
    endpoint = ENDPOINT,
    around = (request) => request(),
  }: ApiSettings) {
    this.account = account;
    this.#token = token;
    this.#url = `${endpoint.replace(/\/$/, "")}/accounts/${encodeURIComponent(account)}`;
    this.#around = around;
  }

  /** The result of one request; `path` begins with "/". Whose shape it is the caller knows from Cloudflare's pages. */
  async call<Result>(method: Method, path: string, request: ApiRequest): Promise<Result> {
    const { result } = await this.#around(() => this.#send(method, path, request));
    return result as Result; // as documented
  }

  /** All that a list has, page by page. */
  async list<Item>(path: string, { query, signal }: ApiRequest): Promise<readonly Item[]> {
    const all: Item[] = [];
    for (let page = 1; ; page++) {
      const asked = { query: { ...query, page: String(page) }, signal };
      const { result, result_info } = await this.#around(() => this.#send("GET", path, asked));
      all.push(...((result ?? []) as readonly Item[])); // as documented
      if (page >= (result_info?.total_pages ?? 1)) return all;
    }
  }

  async #send(
    method: Method,
    path: string,
    { query, body, signal }: ApiRequest,
  ): Promise<Envelope> {
    const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
    const isForm = body instanceof FormData;
    const response = await fetch(`${this.#url}${path}${search}`, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const answer = parse(await response.text());
    if (response.ok && answer?.success !== false) return answer ?? {};
    throw new ApiRefusal(response.status, answer?.errors ?? [], retryAfterMs(response));
  }
}

/** The account and the token of an environment; what is missing is named with what to do. */
export function apiSettings(
  environment: Readonly<Record<string, string | undefined>>,
): ApiSettings {
  const { CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_BASE_URL } = environment;
  const account = needed("CLOUDFLARE_ACCOUNT_ID", CLOUDFLARE_ACCOUNT_ID, ACCOUNT);
  const token = needed("CLOUDFLARE_API_TOKEN", CLOUDFLARE_API_TOKEN, TOKEN);
  return {
    account,
    token,
    ...(CLOUDFLARE_API_BASE_URL === undefined ? {} : { endpoint: CLOUDFLARE_API_BASE_URL }),
  };
}

const ACCOUNT =
  "Set CLOUDFLARE_ACCOUNT_ID to the account's id: https://developers.cloudflare.com/fundamentals/account/find-account-and-zone-ids/";
const TOKEN =
  "Make a token at https://dash.cloudflare.com/profile/api-tokens with Workers Scripts Edit, Queues Edit and D1 Edit, and set CLOUDFLARE_API_TOKEN to it.";

function needed(name: string, value: string | undefined, fix: string): string {
  if (value !== undefined && value !== "") return value;
  throw new AlienError("CREDENTIALS_MISSING", `${name} is not set`, {
    fix,
    details: { variable: name },
  });
}

/** Something between here and Cloudflare may answer in other than JSON. */
function parse(text: string): Envelope | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null ? answer : undefined;
  } catch {
    return undefined; // the status says what it is worth
  }
}

/** In seconds, as Cloudflare gives it: https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
function retryAfterMs({ headers }: Response): number | undefined {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
