/** google.rpc.Status as JSON, of which any part may be missing. */
export interface GoogleStatus {
  /** "NOT_FOUND"; Cloud Storage has none. */
  readonly status?: string;
  readonly message?: string;
  readonly details?: readonly GoogleDetail[];
}

/** google.rpc.ErrorInfo, RetryInfo and others. */
interface GoogleDetail {
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly retryDelay?: string;
}

/** What a service of Google's refused. */
export class GoogleRefusal extends Error {
  /** Of HTTP. */
  readonly http: number;
  readonly service: string;
  /** "NOT_FOUND"; by the HTTP status where the service says none. */
  readonly status: string;
  /** "SERVICE_DISABLED": what google.rpc.ErrorInfo says beside. */
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** How long to wait at least, where Google says so. */
  readonly retryAfterMs: number | undefined;

  constructor(http: number, { status, message, details = [] }: GoogleStatus, service: string) {
    super(message ?? `${service} answered with HTTP status ${http}`);
    this.name = "GoogleRefusal";
    this.http = http;
    this.service = service;
    this.status = status ?? STATUSES[http] ?? (http >= 500 ? "UNAVAILABLE" : "INVALID_ARGUMENT");
    const told = details.find(({ reason }) => reason !== undefined);
    this.reason = told?.reason;
    this.metadata = told?.metadata ?? {};
    const delay = Number.parseFloat(
      details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay ?? "",
    );
    this.retryAfterMs = Number.isFinite(delay) ? delay * 1_000 : undefined;
  }
}

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
const STATUSES: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
  412: "FAILED_PRECONDITION",
  429: "RESOURCE_EXHAUSTED",
};

/** What a call answers, or undefined where Google says that the thing is not there. Forbidden is not gone. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof GoogleRefusal && error.status === "NOT_FOUND") return undefined;
    throw error;
  }
}
