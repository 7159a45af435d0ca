import { installed } from "../installed.ts";
import { type InvokedFunction, LambdaRuntimeApi } from "../lambda-runtime-api.ts";
import { Peer } from "../peer.ts";

export interface InstanceOptions extends InvokedFunction {
  /** Where the code is unpacked: /var/task. */
  readonly folder: string;
  /** "index.default" */
  readonly handler: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

/** One process of a function, under AWS's own runtime client: it is invoked once at a time. */
export class FunctionInstance {
  readonly #api: LambdaRuntimeApi;
  readonly #peer: Peer;
  readonly #timeoutMs: number;
  #over = false;

  private constructor(api: LambdaRuntimeApi, peer: Peer, timeoutMs: number) {
    this.#api = api;
    this.#peer = peer;
    this.#timeoutMs = timeoutMs;
    void peer.ended.then(() => {
      this.#over = true;
      api.fail("Runtime.ExitError: the function's process ended");
    });
  }

  static async start(options: InstanceOptions): Promise<FunctionInstance> {
    const { folder, handler, timeoutMs, env, onLine } = options;
    const api = new LambdaRuntimeApi(options);
    const program = installed("lambda-ric", "node_modules", ".bin", "aws-lambda-ric");
    // What is started is stopped by who started it.
    const peer = new Peer("aws-lambda-ric", program, [handler], () => undefined, {
      cwd: folder,
      alone: true,
      env: { ...env, _HANDLER: handler, AWS_LAMBDA_RUNTIME_API: await api.listen() },
      onLine,
    });
    return new FunctionInstance(api, peer, timeoutMs);
  }

  /** Whether its process has ended, or is about to. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * Rejects where the handler fails, the process ends or the timeout passes; the last two end the process.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
   */
  async invoke(event: unknown, id: string): Promise<unknown> {
    const late = setTimeout(() => {
      this.#over = true;
      this.#api.fail(`Task timed out after ${(this.#timeoutMs / 1_000).toFixed(2)} seconds`);
      void this.#peer.stop();
    }, this.#timeoutMs);
    try {
      return await this.#api.invoke(event, id);
    } finally {
      clearTimeout(late);
    }
  }

  async stop(): Promise<void> {
    await this.#peer.stop();
    await this.#api.close();
  }
}
