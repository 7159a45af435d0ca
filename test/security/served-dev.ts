import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Project, type Running } from "../../packages/cli/test/journey.ts";

const STACK = `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").maxAttempts(3).results("1h").build();
const orders = new alien.Queue("orders").fifo().build();
const web = new alien.Function("web").http().build();
export default new alien.Stack("shop").add(tasks).add(orders).add(web).build();
`;

/** An `alien dev` as users have it, and its addresses. */
export interface ServedDev {
  readonly project: Project;
  readonly running: Running;
  readonly url: string;
  readonly token: string;
  /** Where other processes of this user reach the local queues. */
  readonly socket: string;
  /** What says that it is ill, though it was not asked anything ill: undefined where it is well. */
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Starts one, with a function that serves HTTP. */
export async function serveDev(): Promise<ServedDev> {
  const project = await Project.create({
    "alien.ts": STACK,
    "src/web.ts": `export default { fetch: () => new Response("hello") };\n`,
  });
  const running = await project.dev();
  const local = join(project.directory, ".alien", "local");
  // dev has just written it.
  const { url, token } = JSON.parse(await readFile(join(local, "api.json"), "utf8")) as {
    url: string;
    token: string;
  };
  const problem = async () => {
    const { exitCode, signalCode } = running.process;
    if (exitCode !== null || signalCode !== null) {
      return `dev ended with ${exitCode ?? signalCode}: ${running.stderr.slice(-20).join("\n")}`;
    }
    const sent = await fetch(`${url}/queues/tasks/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: '{"payload":"is it well?"}',
    });
    return sent.status === 202 ? undefined : `a send is answered with ${sent.status}`;
  };
  return {
    project,
    running,
    url,
    token,
    socket: join(local, "socket"),
    problem,
    async close() {
      await running.stop("SIGTERM");
      await project.remove();
    },
  };
}
