import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Case } from "../case.ts";
import { oursAtMost } from "../line.ts";
import { interleave } from "../measure.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const TIMES = 7;

/** What the built packages add to the start of a program. */
export const start: Case = {
  name: "start",
  async *run() {
    build();
    const figures = await interleave(TIMES, {
      node: () => timed(["-e", "0"]),
      sdk: () => timed(["--input-type=module", "-e", 'await import("@alienplatform/sdk")']),
      help: () => timed(["packages/cli/bin/alien.js", "--help"]),
    });
    const other = { name: "node -e 0", value: figures.node.ms };
    yield { name: 'import "@alienplatform/sdk", cold', unit: "ms", ours: figures.sdk.ms, other };
    yield {
      name: "alien --help",
      unit: "ms",
      ours: figures.help.ms,
      other,
      target: oursAtMost(150),
    };
  },
};

/** Always anew: a stale build would be measured silently. */
function build(): void {
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0 || !existsSync(`${ROOT}packages/sdk/dist`)) {
    throw new Error("npm run build failed, and this case measures the built packages");
  }
}

async function timed(args: readonly string[]): Promise<{ ms: number }> {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "ignore" });
  const ms = performance.now() - started;
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with status ${status}`);
  return { ms };
}
