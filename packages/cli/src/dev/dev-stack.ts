import { resetLocalQueues } from "@alienplatform/local/operate";
import type { Context } from "../context.ts";
import { stackAround } from "../stack.ts";
import { dataDirectory, LocalStore } from "../store.ts";
import { type DevApi, devApi } from "./dev-api.ts";
import { DevFile } from "./dev-file.ts";
import { type Environment, EnvironmentFiles } from "./environment.ts";
import type { Ready } from "./event.ts";
import { heldLike, type Like, likeEnvironment } from "./like.ts";
import { Ports } from "./ports.ts";
import { refuseUnsupported } from "./refusals.ts";
import type { Report } from "./reporter.ts";
import { Session } from "./session.ts";
import { signingSecret } from "./signing-secret.ts";
import { warnAhead } from "./warn-ahead.ts";

/** How one stack of a dev is run. */
export interface DevStackOptions {
  readonly report: Report;
  /** Gets what alien.ts prints while it loads. */
  readonly print: (text: string) => void;
  readonly reset: boolean;
  /** Where the messages are kept; beside alien.ts without it. */
  readonly persistTo: string | undefined;
  /** Of the first function that serves HTTP. */
  readonly port: number | undefined;
  readonly apiPort: number | undefined;
  /** False for no API and no console. */
  readonly api: boolean;
  readonly like: Like | undefined;
  /** Absolute. */
  readonly environmentFiles: readonly string[];
}

/** One stack that dev runs, with data, functions, a console and an API of its own. */
export class DevStack {
  readonly #report: Report;
  readonly #directory: string;
  readonly #store: LocalStore;
  readonly #devFile: DevFile;
  readonly #api: DevApi | undefined;
  readonly #session: Session;

  private constructor(
    report: Report,
    directory: string,
    store: LocalStore,
    devFile: DevFile,
    api: DevApi | undefined,
    session: Session,
  ) {
    this.#report = report;
    this.#directory = directory;
    this.#store = store;
    this.#devFile = devFile;
    this.#api = api;
    this.#session = session;
  }

  /** Opens the stack around the context's directory; nothing of it runs yet. */
  static async open(context: Context, options: DevStackOptions): Promise<DevStack> {
    const { report, like } = options;
    const loadedAt = Date.now();
    const stack = heldLike(await stackAround(context), like);
    const directory = dataDirectory(context, stack, options.persistTo);
    // What was typed wrongly is said before anything is forgotten, or another dev is found.
    await new EnvironmentFiles(stack.directory, options.environmentFiles).read();
    const devFile = await DevFile.claim(directory);
    const store = new LocalStore(directory);
    // Asked for its stack by requests, which come later.
    const declared = () => session.declared;
    const warn = (text: string) => report({ type: "warning", text });
    const serve = async () => {
      if (options.reset) await resetLocalQueues(directory);
      if (!options.api) return undefined;
      const served = await devApi({
        directory,
        store,
        stack: declared,
        port: options.apiPort,
        warn,
      });
      await devFile.tell(consoleOf(served));
      return served;
    };
    const api = await serve().catch(async (error: unknown) => {
      await devFile.remove();
      throw error;
    });
    const session: Session = new Session(stack, {
      report,
      loadedAt,
      environment: {
        ...context.environment,
        ALIEN_DIRECTORY: directory,
        ...api?.environment,
        ...likeEnvironment(like),
      },
      environmentFiles: options.environmentFiles,
      ports: new Ports(options.port),
      print: options.print,
      declare: async (loaded) => {
        const { stack: held } = heldLike(loaded, like);
        await refuseUnsupported(held);
        return store.declare(held);
      },
      operate: (queue) => store.control(queue),
      signingSecret: () => signingSecret(directory),
    });
    return new DevStack(report, directory, store, devFile, api, session);
  }

  /** What every program beside the functions gets. */
  get environment(): Environment {
    return this.#session.environment;
  }

  /** Resolves when every function runs or has said why it does not. */
  async start(): Promise<Omit<Ready, "durationMs">> {
    const summary = await this.#session.start();
    const console = this.#api && consoleOf(this.#api);
    return {
      type: "ready",
      ...summary,
      directory: this.#directory,
      ...(console !== undefined && { console }),
    };
  }

  warnAhead(): Promise<void> {
    return warnAhead(this.#store.clock, this.#report);
  }

  /** Ends functions at once. */
  kill(): void {
    this.#session.kill();
  }

  /** Lets handlers finish, and gives everything back. */
  async stop(): Promise<void> {
    await Promise.all([this.#session.stop(), this.#api?.close()]);
    await Promise.all([this.#store.close(), this.#devFile.remove()]);
  }
}

function consoleOf({ url }: DevApi): string {
  return `${url}/console/`;
}
