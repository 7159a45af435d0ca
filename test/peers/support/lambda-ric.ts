import { dirname } from "node:path";
import { afterAll } from "vitest";
import { installed } from "./installed.ts";
import { LambdaRuntimeApi } from "./lambda-runtime-api.ts";
import { type AtEnd, Peer } from "./peer.ts";

/** A function that runs as it does in Lambda: invocations one after the other, in one process that stays. */
export interface LambdaPeer {
  /** Resolves with what the handler returned; rejects with its error, named as Lambda names it, or where the process ended. */
  invoke(event: unknown): Promise<unknown>;
  readonly peer: Peer;
}

/** What a function is given beside its code. */
export interface LambdaOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly atEnd?: AtEnd;
}

/**
 * Runs `handler` ("file.export") of the folder of `bundle` (a path of an .mjs or .js file) under AWS's own Lambda
 * runtime client; it ends after the last test of the file. Call it at the top of a test file or in `beforeAll`.
 */
export async function startLambdaRic(
  bundle: string,
  handler: string,
  { env = {}, atEnd = afterAll }: LambdaOptions = {},
): Promise<LambdaPeer> {
  const program = installed("lambda-ric", "node_modules", ".bin", "aws-lambda-ric");
  const api = new LambdaRuntimeApi();
  atEnd(() => api.close());
  const peer = new Peer("aws-lambda-ric", program, [handler], atEnd, {
    cwd: dirname(bundle),
    env: { ...env, AWS_LAMBDA_RUNTIME_API: await api.listen(), AWS_LAMBDA_FUNCTION_NAME: "peer" },
  });
  void peer.ended.then(() => api.fail(`the function's process ended:\n${peer.output}`));
  return { invoke: (event) => api.invoke(event), peer };
}
