import { AlienError, type ErrorCode } from "@alienplatform/core";
import { RestError } from "@azure/storage-blob";
import type { BlobPlace } from "./state-place.ts";

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
}

const signIn =
  "az login, a managed identity, or AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN";
const unavailable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the name of the storage account, at the network, and at https://status.azure.com; then try again.",
};
const throttled: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Try again a little later, while less is done in this storage account.",
};
const unidentified: Meaning = {
  code: "CREDENTIALS_MISSING",
  retryable: false,
  fix: `Give this process credentials that Azure takes here: ${signIn}.`,
};

/**
 * Translates once, at the edge. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes and
 * https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
 */
export function stateError(
  thrown: unknown,
  doing: string,
  place: BlobPlace,
  signal: AbortSignal,
): AlienError {
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
  const { code: error, statusCode: status } = fieldsOf(thrown);
  const { code, retryable, fix } = meaningOf(thrown, place);
  // The service's message goes on with a request id and a time, a line each.
  const [text = ""] = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n");
  return new AlienError(code, `${doing} failed: ${error ? `${error}: ${text}` : text}`, {
    fix,
    retryable,
    details: { service: "Azure Blob Storage", error, status, account: place.account },
    cause: thrown,
  });
}

function meaningOf(thrown: unknown, place: BlobPlace): Meaning {
  const { code = "", statusCode = 0 } = fieldsOf(thrown);
  const known = byCode(place)[code] ?? byName[thrown instanceof Error ? thrown.name : ""];
  if (known !== undefined) return known;
  if (statusCode === 401) return unidentified;
  if (statusCode === 429) return throttled;
  if (statusCode === 0 || statusCode === 408 || statusCode >= 500) return unavailable;
  return {
    code: "PLATFORM_REFUSED",
    retryable: false,
    fix: "Change what Azure names, in --state or of the storage account.",
  };
}

/** Of @azure/identity. */
const byName: Readonly<Record<string, Meaning>> = {
  CredentialUnavailableError: unidentified,
  AuthenticationError: unidentified,
  AuthenticationRequiredError: unidentified,
};

function byCode({ account, container }: BlobPlace): Readonly<Record<string, Meaning>> {
  const denied: Meaning = {
    code: "PERMISSION_DENIED",
    retryable: false,
    fix: `Grant this identity the role "Storage Blob Data Contributor" on the container "${container}" of ${account}; being owner of the account is not enough. Where the account's network rules keep this machine out, allow it there.`,
  };
  return {
    ContainerNotFound: {
      code: "STATE_STORE_MISSING",
      retryable: false,
      fix: `Make it once: az storage container create --name ${container} --account-name ${account} --auth-mode login`,
    },
    ContainerBeingDeleted: {
      code: "NOT_READY",
      retryable: true,
      fix: "Try again when it is gone, and make it anew.",
    },
    AuthorizationPermissionMismatch: denied,
    AuthorizationFailure: denied,
    InsufficientAccountPermissions: denied,
    KeyBasedAuthenticationNotPermitted: denied,
    AuthenticationFailed: unidentified,
    InvalidAuthenticationInfo: unidentified,
    NoAuthenticationInformation: unidentified,
    LeaseIdMissing: {
      code: "STATE_LOCKED",
      retryable: true,
      fix: "Break the lease that somebody has on the blob, in the portal: this program takes none.",
    },
    ServerBusy: throttled,
  };
}

/** Of an error from the network the SDK has Node's code, of a refusal the service's. */
function fieldsOf(thrown: unknown): { readonly code?: string; readonly statusCode?: number } {
  if (!(thrown instanceof RestError)) return {};
  const { code, statusCode } = thrown;
  return {
    ...(code === undefined ? {} : { code }),
    ...(statusCode === undefined ? {} : { statusCode }),
  };
}
