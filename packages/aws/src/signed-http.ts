import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/protocols";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AwsCredentialIdentity, Provider } from "@smithy/types";

/** An answer that takes longer is none: what is called so answers within milliseconds. */
const ANSWER_MS = 10_000;
const CONNECT_MS = 3_000;

/** Where a service of AWS is, and who asks it. */
export interface ServicePlace {
  readonly region: string;
  /** Default: the region's own. */
  readonly endpoint?: string;
  readonly credentials: AwsCredentialIdentity | Provider<AwsCredentialIdentity>;
}

export interface SignedRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Of characters that stand in a path as they are. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
}

export interface SignedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Calls one service of AWS, signed and sent by those parts of the vendor's SDK that every function has for SQS: a client
 * of its own would make each bundle larger, whether it is ever used or not. Does no I/O until a call.
 */
export class SignedHttp {
  readonly #url: URL;
  readonly #signer: SignatureV4;
  readonly #http = new NodeHttpHandler({
    connectionTimeout: CONNECT_MS,
    requestTimeout: ANSWER_MS,
    // Without it the SDK prints a warning and waits on.
    throwOnRequestTimeout: true,
    socketTimeout: ANSWER_MS,
    // Above it requests wait for each other; the portable layer bounds what is under way.
    httpsAgent: { maxSockets: 500 },
    httpAgent: { maxSockets: 500 },
  });

  /** `service` is what its host begins with, and what it is signed for. */
  constructor(service: string, { region, endpoint, credentials }: ServicePlace) {
    this.#url = new URL(endpoint ?? `https://${service}.${region}.${domainOf(region)}`);
    this.#signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  }

  /** Whatever the service answers; throws where it does not. */
  async call(request: SignedRequest, signal?: AbortSignal): Promise<SignedAnswer> {
    signal?.throwIfAborted();
    const signed = new HttpRequest(await this.#signer.sign(this.#request(request)));
    const { response } = await this.#http.handle(
      signed,
      signal === undefined ? {} : { abortSignal: signal },
    );
    const { statusCode: status, headers } = response;
    return { status, headers, text: await textOf(response.body) };
  }

  close(): void {
    this.#http.destroy();
  }

  #request({ method, path, query = {}, headers = {}, body }: SignedRequest): HttpRequest {
    const { protocol, hostname, port, host } = this.#url;
    return new HttpRequest({
      method,
      protocol,
      hostname,
      path,
      query: { ...query },
      ...(port === "" ? {} : { port: Number(port) }),
      headers: {
        host,
        ...headers,
        ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      },
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** An emulator has all of AWS at one address, whose port no URL of AWS's own has. */
export function emulatorOf(url: string): { readonly endpoint?: string } {
  const { port, origin } = new URL(url);
  return port === "" ? {} : { endpoint: origin };
}

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
function domainOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
