import { ResourceManagementClient } from "@azure/arm-resources";
import { bearerTokenAuthenticationPolicyName, type Pipeline } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { ClientSettings } from "./client-settings.ts";
import { Arm } from "./control/arm.ts";

/** Resource Manager, and the pipeline that its requests go through. Does no I/O. */
export function openArm(
  { subscription, endpoint }: Pick<ClientSettings, "subscription" | "endpoint">,
  maxRetries: number,
): { readonly arm: Arm; readonly pipeline: Pipeline } {
  const credential = credentialFor(endpoint);
  const client = new ResourceManagementClient(credential ?? NOBODY, subscription, {
    endpoint,
    credentialScopes: `${endpoint}/.default`,
    allowInsecureConnection: credential === undefined,
    retryOptions: { maxRetries },
  });
  if (credential === undefined) {
    client.pipeline.removePolicy({ name: bearerTokenAuthenticationPolicyName });
  }
  return { arm: new Arm(client, endpoint), pipeline: client.pipeline };
}

/** Undefined for an emulator, which is at http: it asks nobody who they are, and gets no token. */
export function credentialFor(endpoint: string): TokenCredential | undefined {
  return endpoint.startsWith("http://") ? undefined : whoeverIsSignedIn();
}

/** Loaded with the first token: it is large, and an emulator needs none. */
function whoeverIsSignedIn(): TokenCredential {
  let loading: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      loading ??= import("@azure/identity").then((loaded) => new loaded.DefaultAzureCredential());
      return (await loading).getToken(scopes, options);
    },
  };
}

const NOBODY = { getToken: async () => null };
