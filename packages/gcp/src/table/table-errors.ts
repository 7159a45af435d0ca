import { AlienError } from "@alienplatform/core";
import { away, commonStatuses, type Meaning, unidentified } from "../common-errors.ts";

const wrong: Meaning = {
  code: "DRIVER_FAILED",
  retryable: false,
  fix: "Report this error with its cause: Firestore refused what the table asked for.",
};

/** By the name of a status: https://cloud.google.com/firestore/docs/understand-error-codes */
const meanings: Readonly<Record<string, Meaning>> = {
  ...commonStatuses("Firestore"),
  RESOURCE_EXHAUSTED: { code: "THROTTLED", retryable: true, fix: "Do less at a time." },
  NOT_FOUND: {
    code: "UNKNOWN_TABLE",
    retryable: false,
    fix: "Deploy again: the database that the binding names is not there.",
  },
  PERMISSION_DENIED: {
    code: "PERMISSION_DENIED",
    retryable: false,
    fix: "Grant this identity roles/datastore.user on the database.",
  },
};

/** What Firestore answered instead, by the name of its status. */
export class FirestoreFault extends Error {
  readonly status: string;

  constructor(status: string, message: string) {
    super(message);
    this.name = "FirestoreFault";
    this.status = status;
  }
}

/** Translates once, at the edge; `doing` names the call and the database. */
export function tableError(doing: string, thrown: unknown, signal?: AbortSignal): AlienError {
  if (thrown instanceof AlienError) return thrown;
  if (signal?.aborted) {
    return new AlienError("ABORTED", `${doing} failed: it was aborted`, {
      fix: "Call again: whether the call was carried out is unknown.",
      cause: thrown,
    });
  }
  const { status, meaning } = read(thrown);
  return new AlienError(meaning.code, `${doing} failed: ${status}`, {
    fix: meaning.fix,
    retryable: meaning.retryable,
    details: { service: "Firestore", status },
    cause: thrown,
  });
}

function read(thrown: unknown): { readonly status: string; readonly meaning: Meaning } {
  if (thrown instanceof FirestoreFault) {
    return { status: thrown.status, meaning: meanings[thrown.status] ?? wrong };
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (/default credentials|metadata/i.test(text))
    return { status: "no identity", meaning: unidentified };
  return { status: "no answer", meaning: away("Firestore") };
}
