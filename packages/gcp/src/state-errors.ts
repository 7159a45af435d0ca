import { AlienError, type ErrorCode } from "@alienplatform/core";

/** The object that a state is kept in. */
export interface StoragePlace {
  readonly url: string;
  readonly bucket: string;
  readonly object: string;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
}

const signIn =
  "gcloud auth application-default login, or GOOGLE_APPLICATION_CREDENTIALS, or a service account";
const missing: Meaning = {
  code: "CREDENTIALS_MISSING",
  retryable: false,
  fix: `Give this process credentials that Google knows: ${signIn}.`,
};
const expired: Meaning = {
  code: "CREDENTIALS_EXPIRED",
  retryable: false,
  fix: `Sign in again: ${signIn}; then deploy again: it goes on from here.`,
};
const unavailable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the network, at STORAGE_EMULATOR_HOST where it is set, and at https://status.cloud.google.com; then try again.",
};

/** What Cloud Storage's answer means; https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export function answerError(
  status: number,
  text: string,
  doing: string,
  { bucket }: StoragePlace,
): AlienError {
  const { code, retryable, fix } = meaningOf(status, bucket);
  return new AlienError(code, `${doing} failed: ${messageIn(text) ?? `status ${status}`}`, {
    fix,
    retryable,
    details: { service: "Cloud Storage", status, bucket },
  });
}

/** What was thrown while credentials were looked for. */
export function credentialsError(thrown: unknown): AlienError {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new AlienError(missing.code, `Google's credentials cannot be used: ${text}`, {
    fix: missing.fix,
    details: { service: "Cloud Storage" },
    cause: thrown,
  });
}

/** What was thrown before there was an answer. */
export function thrownError(thrown: unknown, doing: string, signal: AbortSignal): AlienError {
  if (thrown instanceof AlienError) return thrown;
  if (signal.aborted) {
    return new AlienError(
      "ABORTED",
      `${doing} was aborted; whether it was carried out is unknown`,
      {
        fix: "Deploy again: it takes up from what is there.",
        cause: thrown,
      },
    );
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const { code, retryable, fix } = thrownMeaning(text);
  return new AlienError(code, `${doing} failed: ${text}`, {
    fix,
    retryable,
    details: { service: "Cloud Storage" },
    cause: thrown,
  });
}

function meaningOf(status: number, bucket: string): Meaning {
  if (status === 401) return expired;
  if (status === 403) {
    return {
      code: "PERMISSION_DENIED",
      retryable: false,
      // Replacing takes storage.objects.delete, and without storage.objects.list what is not there is forbidden.
      fix: `Grant this identity the role: gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=<it> --role=roles/storage.objectUser`,
    };
  }
  if (status === 404) {
    return {
      code: "STATE_STORE_MISSING",
      retryable: false,
      fix: `Make it once: gcloud storage buckets create gs://${bucket} --uniform-bucket-level-access && gcloud storage buckets update gs://${bucket} --versioning`,
    };
  }
  // One object takes one write a second: https://cloud.google.com/storage/quotas#objects
  if (status === 429) {
    return { code: "THROTTLED", retryable: true, fix: "Try again a little later." };
  }
  // A success that says nothing of the version leaves open what became of the write.
  if (status < 300 || status === 408 || status >= 500) return unavailable;
  return {
    code: "PLATFORM_REFUSED",
    retryable: false,
    fix: "Change what Cloud Storage names, in --state or of the bucket.",
  };
}

function thrownMeaning(text: string): Meaning {
  if (/invalid_grant|invalid_rapt|reauth/i.test(text)) return expired;
  return unavailable;
}

/** The JSON API says it in JSON, but of the content of objects in plain text. */
function messageIn(text: string): string | undefined {
  try {
    const { error } = Object(JSON.parse(text)) as { error?: { message?: unknown } }; // any JSON may be read so
    return typeof error?.message === "string" ? error.message : undefined;
  } catch {
    const plain = text.trim();
    return plain === "" || plain.length > 200 || plain.startsWith("<") ? undefined : plain;
  }
}
