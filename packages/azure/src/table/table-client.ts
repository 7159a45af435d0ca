import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { TableAddress } from "./table-address.ts";
import { byIdentity, byKey } from "./table-authorization.ts";

/** An answer that takes longer is none. */
const ANSWER_MS = 10_000;

export interface TableRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** After the endpoint: "/table(PartitionKey='a',RowKey='b')?$top=10". */
  readonly path: string;
  readonly ifMatch?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Requests to the Table service, by the part of the vendor's SDK that Service Bus's client is made with; nothing is
 * repeated. No I/O until the first one.
 */
export class TableClient {
  readonly #address: TableAddress;
  #sending: Promise<{ pipeline: Pipeline; http: HttpClient }> | undefined;

  constructor(address: TableAddress) {
    this.#address = address;
  }

  /** The answer, whatever its status. */
  async send({ method, path, ifMatch, body, signal }: TableRequest): Promise<PipelineResponse> {
    signal?.throwIfAborted();
    this.#sending ??= this.#open().catch((thrown: unknown) => {
      // A failed attempt is not kept: the next call tries again.
      this.#sending = undefined;
      throw thrown;
    });
    const { pipeline, http } = await this.#sending;
    const headers = createHttpHeaders({
      // https://learn.microsoft.com/en-us/rest/api/storageservices/versioning-for-the-azure-storage-services
      "x-ms-version": "2020-12-06",
      dataserviceversion: "3.0",
      accept: "application/json;odata=minimalmetadata",
      ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      ...(body === undefined
        ? {}
        : { "content-type": "application/json", prefer: "return-no-content" }),
    });
    const request = createPipelineRequest({
      url: `${this.#address.endpoint}${path}`,
      method,
      headers,
      timeout: ANSWER_MS,
      // An emulator speaks without TLS.
      allowInsecureConnection: this.#address.endpoint.startsWith("http:"),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { abortSignal: signal }),
    });
    return pipeline.sendRequest(http, request);
  }

  close(): void {
    // Its connections are of the process, and hold nothing up.
    this.#sending = undefined;
  }

  async #open() {
    const { connectionStringFrom, endpoint } = this.#address;
    const pipeline = createEmptyPipeline();
    if (connectionStringFrom !== undefined) pipeline.addPolicy(byKey(connectionStringFrom));
    // An emulator's that deploying wrote is at http: it asks nobody who they are, and gets no token.
    else if (!endpoint.startsWith("http:")) pipeline.addPolicy(await byIdentity());
    return { pipeline, http: createDefaultHttpClient() };
  }
}
