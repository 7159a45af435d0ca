import { type PipelineResponse, RestError } from "@azure/core-rest-pipeline";

/** 404 says that a thing is gone, unless it is said of what the thing would be in. */
const NOT_OF_THE_THING = new Set([
  "SubscriptionNotFound",
  "InvalidSubscriptionId",
  "InvalidAuthenticationTokenTenant",
  "NoRegisteredProviderFound",
  "InvalidResourceType",
  "InvalidResourceNamespace",
]);

/**
 * Whether Azure says that what was asked for is not there. A 404 without Azure's code is a proxy's, and says nothing.
 * https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found
 */
export function isGone(thrown: unknown): boolean {
  if (!(thrown instanceof RestError) || thrown.statusCode !== 404) return false;
  return thrown.code !== undefined && !NOT_OF_THE_THING.has(thrown.code);
}

/** What a host answered that refused a request, as the clients throw it. */
export function refusedAnswer(response: PipelineResponse): RestError {
  const { status, request, bodyAsText } = response;
  const { code, message } = errorIn(bodyAsText);
  const text = message ?? `${new URL(request.url).host} answered ${status}`;
  return new RestError(text, {
    statusCode: status,
    request,
    response,
    ...(code === undefined ? {} : { code }),
  });
}

/** { "error": { "code", "message" } } of Resource Manager and Key Vault. */
function errorIn(text: string | undefined | null): {
  readonly code?: string;
  readonly message?: string;
} {
  try {
    const body = JSON.parse(text ?? "") as { readonly error?: { code?: string; message?: string } };
    return body.error ?? {};
  } catch {
    return {}; // a page for people
  }
}
