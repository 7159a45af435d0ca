import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { hereSignalled } from "../../../packages/cli/test/here.ts";
import type { Answer } from "../../../packages/cli/test/journey.ts";
import { root } from "../../source-files.ts";

/**
 * `alien` and `npx --no alien` for shells, run in this process: what is typed costs no start of node, and is read by the same
 * definitions. `alien dev` is stopped by Ctrl-C as soon as it is ready, and so is what follows logs; beside another
 * program (`--`) or where it reads what is typed it is a process. Who would be asked for consent has given it.
 */
export class CommandLine {
  /** What a shell puts before its PATH. */
  readonly bin: string;
  readonly #server: Server;
  readonly #socket: string;

  private constructor(folder: string) {
    this.bin = join(folder, "bin");
    this.#socket = join(folder, "commands");
    this.#server = createServer((request, response) => {
      void buffer(request)
        .then((typed) => this.#run(typed.toString().split("\0").slice(0, -1)))
        .then(({ status, stdout, stderr }) => {
          const end = (text: string) => (text === "" ? "" : `${text}\n`);
          response.end(`${status}\0${end(stdout)}\0${end(stderr)}\0`);
        })
        .catch((error: Error) => response.destroy(error));
    });
  }

  static async open(folder: string): Promise<CommandLine> {
    const commands = new CommandLine(folder);
    mkdirSync(commands.bin, { recursive: true });
    commands.#write("alien", ALIEN);
    commands.#write("npx", `#!/bin/sh\n[ "$1 $2" = "--no alien" ] || exit 127\nshift\nexec "$@"\n`);
    // What would install, build or test is marked in the document with who else runs it; "npm start" is any program.
    commands.#write(
      "npm",
      `#!/bin/sh\n[ "$1" = start ] || { echo "npm is not run here" >&2; exit 1; }\n`,
    );
    await once(commands.#server.listen(commands.#socket), "listening");
    return commands;
  }

  /** For shells whose commands are to run here. */
  get environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _, VITEST: __, ALIEN_DIRECTORY: ___, ...environment } = process.env;
    return {
      ...environment,
      NO_COLOR: "1",
      CI: "1",
      PATH: `${this.bin}:${process.env.PATH}`,
      ALIEN_COMMANDS: this.#socket,
      ALIEN_BUILT: join(root, "packages/cli/bin/alien.js"),
    };
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Runs `alien dev` in that folder until the result is called. */
  async dev(folder: string): Promise<() => Promise<void>> {
    const { listen, signal } = signals();
    let ended: Promise<Answer> | undefined;
    await new Promise<void>((resolve, reject) => {
      ended = hereSignalled(
        folder,
        ["dev"],
        listen,
        this.environment,
        (printed) => isReady(printed) && resolve(),
      );
      ended.then(({ stderr }) => reject(new Error(stderr)), reject);
    });
    return async () => {
      signal("SIGTERM");
      await ended;
    };
  }

  async #run([directory = "", count = "", ...rest]: readonly string[]): Promise<Answer> {
    const args = rest.slice(0, Number(count));
    const variables = rest.slice(Number(count)).map((one) => /^([^=]*)=(.*)$/s.exec(one) ?? []);
    const environment = Object.fromEntries(variables.map(([, name = "", value]) => [name, value]));
    const before = { ...process.env };
    // Some of what a command uses reads its process's own.
    Object.assign(process.env, environment, before);
    const { listen, signal } = signals();
    try {
      const answer = await hereSignalled(
        directory,
        [...args, ...consentTo(args)],
        (run) => {
          listen(run);
          if (args.includes("--follow")) setImmediate(signal, "SIGINT");
        },
        environment,
        (printed) => isReady(printed) && signal("SIGINT"),
      );
      const stopped = answer.status === 130;
      return stopped ? { ...answer, status: 0 } : answer;
    } finally {
      // What the command has put into this process's environment.
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.bin, name), text);
    chmodSync(join(this.bin, name), 0o755);
  }
}

/** Only `alien dev` says so, of several stacks with the folder in front. */
function isReady(printed: string): boolean {
  return /^(\S+ \| )?ready in |"type":"ready"/.test(printed);
}

/** As a process gives them to all that listen. */
function signals() {
  const listeners: ((name: NodeJS.Signals) => void)[] = [];
  return {
    listen: (run: (name: NodeJS.Signals) => void) => void listeners.push(run),
    signal: (name: NodeJS.Signals) => {
      for (const run of listeners.splice(0)) run(name);
    },
  };
}

/** What somebody at a terminal would be asked. */
function consentTo(args: readonly string[]): readonly string[] {
  const asks = /^(queue purge|dead discard|deploy|destroy)\b/.test(args.join(" "));
  // Nobody runs the functions of the account that stands in: what was sent to them is still there.
  const loss = args[0] === "destroy" ? ["--allow-data-loss", "tasks"] : [];
  return asks && !args.includes("--yes") ? ["--yes", ...loss] : [];
}

/** The answer is three texts, each ended by NUL, which a shell can read one by one. */
const ALIEN = `#!/usr/bin/env bash
[ "$1 \${2-}" = "secret set" ] && exec node "$ALIEN_BUILT" "$@"
for word in "$@"; do
  [ "$word" = -- ] && exec node "$ALIEN_BUILT" "$@"
done
exec 3< <({ printf '%s\\0' "$PWD" "$#" "$@"; env -0; } |
  curl --silent --show-error --unix-socket "$ALIEN_COMMANDS" --data-binary @- http://commands/)
IFS= read -r -d '' status <&3
IFS= read -r -d '' stdout <&3
IFS= read -r -d '' stderr <&3
printf '%s' "$stdout"
printf '%s' "$stderr" >&2
exit "\${status:-1}"
`;
