import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { answering } from "../../../../test/peers/support/answering.ts";

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Stored {
  readonly text: string;
  readonly generation: string;
}

/**
 * The two calls of Cloud Storage that a state needs, as Google documents them and its service words them: the content of
 * an object, and an upload on the condition of a generation. https://cloud.google.com/storage/docs/json_api/v1/objects
 */
export class StorageServer {
  // Of itself Node closes a connection that was idle for 5 s, whatever is on its way.
  readonly #server = createServer(
    { keepAliveTimeout: 0 },
    answering((request, response) => this.#serve(request, response)),
  );
  readonly #buckets = new Map<string, Map<string, Stored>>();
  readonly #answers: Answer[] = [];
  /** Generations are times in microseconds: long, and never the same twice. */
  #generation = 1_790_000_000_000_000;
  #losing = 0;
  /** Method and path of every request, in order. */
  readonly requests: string[] = [];
  /** What was asked with: the headers of the last request. */
  headers: IncomingMessage["headers"] = {};

  /** Answers where it listens. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // of a port
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  makeBucket(name: string): void {
    this.#buckets.set(name, new Map());
  }

  remove(bucket: string, object: string): void {
    this.#buckets.get(bucket)?.delete(object);
  }

  /** The next upload is carried out, and the connection ends without an answer. */
  loseAnswer(): void {
    this.#losing += 1;
  }

  /** The next request gets this, and nothing is done. */
  answerNext(answer: Answer): void {
    this.#answers.push(answer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://storage");
    this.requests.push(`${request.method} ${url.pathname}`);
    this.headers = request.headers;
    const body = await text(request);
    const isUpload = request.method === "POST";
    const {
      status,
      headers,
      body: answer,
    } = this.#answers.shift() ?? this.#answer(url, body, isUpload);
    if (isUpload && this.#losing > 0) {
      this.#losing -= 1;
      response.destroy();
      return;
    }
    response.writeHead(status, headers).end(answer);
  }

  #answer(url: URL, body: string, isUpload: boolean): Answer {
    const [, bucketName = "", name] =
      /^(?:\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    const bucket = this.#buckets.get(bucketName);
    if (isUpload) {
      if (bucket === undefined)
        return refusal(404, "The specified bucket does not exist.", "notFound");
      return this.#upload(bucket, url.searchParams, body);
    }
    // Of an object's content errors are plain text.
    if (bucket === undefined) return { status: 404, body: "The specified bucket does not exist." };
    const object = decodeURIComponent(name ?? "");
    const stored = bucket.get(object);
    if (stored === undefined) {
      return { status: 404, body: `No such object: ${bucketName}/${object}` };
    }
    const headers = { "content-type": "application/json", "x-goog-generation": stored.generation };
    return { status: 200, headers, body: stored.text };
  }

  #upload(bucket: Map<string, Stored>, parameters: URLSearchParams, text: string): Answer {
    const name = parameters.get("name") ?? "";
    const wanted = parameters.get("ifGenerationMatch");
    if (wanted !== null && wanted !== (bucket.get(name)?.generation ?? "0")) {
      const message = "At least one of the pre-conditions you specified did not hold.";
      return refusal(412, message, "conditionNotMet");
    }
    this.#generation += 1_337;
    const generation = String(this.#generation);
    bucket.set(name, { text, generation });
    return { status: 200, body: JSON.stringify({ generation }) };
  }
}

/** An error as the JSON API words it; https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export function refusal(status: number, message: string, reason: string): Answer {
  const errors = [{ message, domain: "global", reason }];
  const body = JSON.stringify({ error: { code: status, message, errors } });
  return { status, headers: { "content-type": "application/json; charset=UTF-8" }, body };
}
