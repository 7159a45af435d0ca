import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { grpc, protobuf, serializer } from "google-gax";
import { Refused } from "../../../../packages/gcp/test/google/refused.ts";
import { take } from "../../../../packages/gcp/test/google/schema.ts";
import { root } from "../../../source-files.ts";
import { answering } from "../answering.ts";

/** As the client that Google publishes has them. */
const PROTOS = join(root, "node_modules/@google-cloud/tasks/build/protos/protos.json");

/** https://cloud.google.com/apis/design/errors#http_mapping */
const HTTP: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  UNIMPLEMENTED: 501,
};

/**
 * Answers REST for a Cloud Tasks that speaks gRPC alone, as Google's own front does: a request that holds what Google's
 * protos do not know, or lacks what they require, is refused here.
 */
export class TasksOverHttp {
  readonly #http: Server;
  readonly #client: grpc.Client;
  readonly #root: protobuf.Root;

  constructor(host: string) {
    this.#client = new grpc.Client(host, grpc.credentials.createInsecure());
    this.#root = protobuf.Root.fromJSON(JSON.parse(readFileSync(PROTOS, "utf8")));
    this.#root.resolveAll();
    this.#http = createServer(
      { keepAliveTimeout: 0 },
      answering(async (request, response) => {
        const body = await text(request);
        const { status, json } = await this.#reply(request.method ?? "", request.url ?? "", body);
        response
          .writeHead(status, { "content-type": "application/json" })
          .end(JSON.stringify(json));
      }),
    );
  }

  /** Answers its URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    // It listens on a port, as just asked.
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#http.closeAllConnections();
    this.#http.close();
    this.#client.close();
  }

  async #reply(
    verb: string,
    path: string,
    body: string,
  ): Promise<{ status: number; json: unknown }> {
    try {
      const { pathname, searchParams } = new URL(path, "http://front");
      const json = body === "" ? undefined : JSON.parse(body);
      const { method, request } = take("cloudtasks", verb, pathname, searchParams, json);
      return { status: 200, json: await this.#call(method, request) };
    } catch (error) {
      if (error instanceof Refused) return { status: error.http, json: error.body };
      throw error;
    }
  }

  #call(name: string, given: object): Promise<unknown> {
    const [, service = "", method = ""] = /^(.+)\.(\w+)$/.exec(name) ?? [];
    const { requestType, responseType } = this.#root.lookupService(service).methods[method] ?? {};
    const request = this.#root.lookupType(requestType ?? "");
    const response = this.#root.lookupType(responseType ?? "");
    // What `take` read is JSON.
    const message = serializer.fromProto3JSON(request, given as serializer.JSONObject);
    if (message === null) throw new TypeError(`${name} takes no null`);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        `/${service}/${method}`,
        (one: typeof message) => Buffer.from(request.encode(one).finish()),
        (bytes) => response.decode(bytes),
        message,
        (error: grpc.ServiceError | null, answer?: protobuf.Message) => {
          if (error !== null) reject(refusedBy(error));
          else resolve(answer === undefined ? {} : serializer.toProto3JSON(answer));
        },
      );
    });
  }
}

function refusedBy({ code, details }: grpc.ServiceError): Refused {
  const status = grpc.status[code] ?? "UNKNOWN";
  return new Refused(HTTP[status] ?? 500, status, details);
}
