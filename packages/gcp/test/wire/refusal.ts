import { Metadata, type ServiceError, status } from "@grpc/grpc-js";

/** An answer that is an error, with the text that Google gives where it is known. */
export class Refusal extends Error implements ServiceError {
  readonly code: number;
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(code: number, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }

  static notFound(what: string): Refusal {
    return new Refusal(status.NOT_FOUND, `Resource not found (resource=${what}).`);
  }

  static invalid(why: string): Refusal {
    return new Refusal(status.INVALID_ARGUMENT, why);
  }

  /** What an exactly-once subscription answers: every id with what is wrong, in a google.rpc.ErrorInfo. */
  static staleIds(ackIds: readonly string[]): Refusal {
    const failed = ackIds.map((id) => [id, "PERMANENT_FAILURE_INVALID_ACK_ID"]);
    const refusal = new Refusal(status.FAILED_PRECONDITION, "Some acknowledgement ids failed.");
    return refusal.#telling("EXACTLY_ONCE_ACKID_FAILURE", Object.fromEntries(failed));
  }

  /** What every service of Google's answers beyond a quota: https://cloud.google.com/docs/quotas/troubleshoot#exceeding_quota_values */
  static overQuota(): Refusal {
    const refusal = new Refusal(status.RESOURCE_EXHAUSTED, "Quota exceeded.");
    return refusal.#telling("RATE_LIMIT_EXCEEDED", {
      service: "pubsub.googleapis.com",
      consumer: "projects/1",
      quota_limit: "regional-subscriber-per-minute",
    });
  }

  #telling(reason: string, metadata: Readonly<Record<string, string>>): this {
    this.metadata.set("grpc-status-details-bin", errorInfo(reason, metadata));
    return this;
  }
}

/** google.rpc.Status { details: [Any { ErrorInfo { reason, domain, metadata } }] }, written by hand. */
function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(metadata).map(([key, value]) =>
    field(3, Buffer.concat([field(1, key), field(2, value)])),
  );
  const info = Buffer.concat([field(1, reason), field(2, "pubsub.googleapis.com"), ...entries]);
  const any = Buffer.concat([field(1, "type.googleapis.com/google.rpc.ErrorInfo"), field(2, info)]);
  return field(3, any);
}

/** A length-delimited field of Protocol Buffers. */
function field(tag: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as Buffer); // both kinds are what Buffer.from takes
  const head = [(tag << 3) | 2];
  let length = bytes.length;
  for (; length > 127; length >>>= 7) head.push((length & 127) | 128);
  return Buffer.concat([Buffer.from([...head, length]), bytes]);
}
