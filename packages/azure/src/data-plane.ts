import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import { refusedAnswer } from "./control/arm-fault.ts";

/** Requests to a service of Azure's beside Resource Manager, with a token that is for that service. */
export class DataPlane {
  readonly pipeline: Pipeline;
  readonly #client: HttpClient = createDefaultHttpClient();

  /** @param scopes What the token is for; without a credential none is sent, as an emulator wants it. */
  constructor(credential: TokenCredential | undefined, scopes: string, maxRetries: number) {
    this.pipeline = createPipelineFromOptions({ retryOptions: { maxRetries } });
    if (credential === undefined) return;
    this.pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }));
  }

  /** Answers the body as text; throws what is refused, as Azure's clients do. */
  async send(
    method: "GET" | "POST" | "DELETE",
    url: string,
    { body, signal }: { readonly body?: object; readonly signal: AbortSignal },
  ): Promise<string> {
    const request = createPipelineRequest({
      url,
      method,
      abortSignal: signal,
      allowInsecureConnection: true, // of an emulator: Azure's own hosts are at https
      ...(body === undefined
        ? {}
        : {
            body: JSON.stringify(body),
            headers: createHttpHeaders({ "content-type": "application/json" }),
          }),
    });
    const response = await this.pipeline.sendRequest(this.#client, request);
    if (response.status >= 300) throw refusedAnswer(response);
    return response.bodyAsText ?? "";
  }
}
