import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { LambdaRuntimeApi } from "../../peers/support/lambda-runtime-api.ts";
import type { StartLambda } from "./pictures.ts";

/** Runs a bundle in a process of its own that asks for its invocations as in Lambda. */
export const startLambdaProcess: StartLambda = async (bundle, { env, atEnd }) => {
  const api = new LambdaRuntimeApi();
  const bootstrap = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));
  const child = spawn(process.execPath, [bootstrap, bundle], {
    cwd: dirname(bundle),
    env: { PATH: process.env.PATH, ...env, AWS_LAMBDA_RUNTIME_API: await api.listen() },
    stdio: ["ignore", "inherit", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  void once(child, "exit").then(() => api.fail(`the function's process ended:\n${said}`));
  atEnd(async () => {
    await end(child);
    await api.close();
  });
  return { invoke: (event) => api.invoke(event), said: () => said };
};

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
