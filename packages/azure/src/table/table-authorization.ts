import { createHmac } from "node:crypto";
import { AlienError } from "@alienplatform/core";
import { bearerTokenAuthenticationPolicy, type PipelinePolicy } from "@azure/core-rest-pipeline";

/** Microsoft Entra ID: a managed identity, a signed-in developer. Its token is kept until shortly before its end. */
export async function byIdentity(): Promise<PipelinePolicy> {
  // Loaded where it is needed alone: it is large.
  const { DefaultAzureCredential } = await import("@azure/identity");
  return bearerTokenAuthenticationPolicy({
    credential: new DefaultAzureCredential(),
    scopes: "https://storage.azure.com/.default",
  });
}

/**
 * The key of an account, from the connection string in an environment variable.
 * https://learn.microsoft.com/en-us/rest/api/storageservices/authorize-with-shared-key
 */
export function byKey(name: string): PipelinePolicy {
  const text = process.env[name] ?? "";
  if (text === "") {
    const what = `${name} is not set; it holds the connection string of a storage account`;
    throw new AlienError("SECRET_MISSING", what, {
      fix: `Set ${name} from the vendor's store, or deploy without it to use Microsoft Entra ID.`,
    });
  }
  const account = /(?:^|;)AccountName=([^;]+)/.exec(text)?.[1];
  const key = /(?:^|;)AccountKey=([^;]+)/.exec(text)?.[1];
  if (account === undefined || key === undefined) {
    const what = `${name} holds no connection string of a storage account`;
    throw new AlienError("BINDING_INVALID", what, {
      fix: `Set ${name} to "AccountName=...;AccountKey=...".`,
    });
  }
  return {
    name: "sharedKeyLite",
    sendRequest(request, next) {
      const date = new Date().toUTCString();
      const resource = `/${account}${new URL(request.url).pathname}`;
      const signature = createHmac("sha256", Buffer.from(key, "base64"))
        .update(`${date}\n${resource}`)
        .digest("base64");
      request.headers.set("x-ms-date", date);
      request.headers.set("authorization", `SharedKeyLite ${account}:${signature}`);
      return next(request);
    },
  };
}
