import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { answering } from "./answering.ts";

/** What of a function its invocations are told. */
export interface InvokedFunction {
  readonly arn: string;
  /** How long Lambda would let one invocation run. It is the caller's to end one that takes longer. */
  readonly timeoutMs: number;
}

const PEER: InvokedFunction = {
  arn: "arn:aws:lambda:us-east-1:123456789012:function:peer",
  timeoutMs: 60_000,
};

interface Invocation {
  readonly id: string;
  readonly event: string;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/**
 * The side of Lambda that a function's process talks to: it asks for the next invocation and posts the answer.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class LambdaRuntimeApi {
  // Of itself Node closes a connection that was idle for 5 s, whatever is on its way.
  readonly #server = createServer(
    { keepAliveTimeout: 0 },
    answering((request, response) => this.#answer(request, response)),
  );
  readonly #waiting: Invocation[] = [];
  readonly #running = new Map<string, Invocation>();
  readonly #asking: ServerResponse[] = [];
  readonly #invoked: InvokedFunction;
  #failure: Error | undefined;

  constructor(invoked = PEER) {
    this.#invoked = invoked;
  }

  /** Resolves with "host:port", as in AWS_LAMBDA_RUNTIME_API. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("a port without a number");
    return `127.0.0.1:${address.port}`;
  }

  /** Hands the event to the process when it asks next. */
  invoke(event: unknown, id: string = randomUUID()): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, event: JSON.stringify(event), resolve, reject });
      this.#give();
    });
  }

  /** Rejects what is waiting or running, and all that comes. */
  fail(message: string): void {
    this.#failure ??= new Error(message);
    for (const { reject } of [...this.#waiting.splice(0), ...this.#running.values()])
      reject(this.#failure);
    this.#running.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [id = "", verb] = (request.url ?? "").split("/").slice(-2);
    if (verb === "next") {
      this.#asking.push(response);
      this.#give();
      return;
    }
    const body = JSON.parse(await text(request));
    if (id === "init")
      this.fail(`the function could not be loaded: ${body.errorType}: ${body.errorMessage}`);
    else if (verb === "error") this.#running.get(id)?.reject(lambdaError(body));
    else this.#running.get(id)?.resolve(body);
    this.#running.delete(id);
    response.writeHead(202).end();
  }

  #give(): void {
    const [response] = this.#asking;
    const [invocation] = this.#waiting;
    if (response === undefined || invocation === undefined) return;
    this.#asking.shift();
    this.#waiting.shift();
    this.#running.set(invocation.id, invocation);
    response
      .writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": invocation.id,
        "lambda-runtime-deadline-ms": String(Date.now() + this.#invoked.timeoutMs),
        "lambda-runtime-invoked-function-arn": this.#invoked.arn,
      })
      .end(invocation.event);
  }
}

/** The handler's error as Lambda reports it. */
function lambdaError({
  errorType,
  errorMessage,
}: {
  errorType: string;
  errorMessage: string;
}): Error {
  return Object.assign(new Error(errorMessage), { name: errorType });
}
