import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError, environmentName } from "@alienplatform/core";
import { type LineProblem, readVariables } from "./variables-file.ts";

/** The files beside alien.ts that add to the environment, where they are there; a later one wins. */
const BESIDE = [".env", ".env.local"] as const;

/** Variables as a child process gets them. */
export type Environment = Readonly<Record<string, string>>;

/** What the files say together. */
interface ReadVariables {
  readonly variables: Environment;
  /** Lines that set nothing, of files that have changed since they were last read; never what they say. */
  readonly problems: readonly (LineProblem & { readonly file: string })[];
}

/** Files of variables: those beside alien.ts, then those that were named, absolute; a later one wins. */
export class EnvironmentFiles {
  readonly paths: readonly string[];
  readonly #directory: string;
  readonly #named: ReadonlySet<string>;
  readonly #texts = new Map<string, string>();

  constructor(directory: string, named: readonly string[]) {
    this.paths = [...BESIDE.map((name) => join(directory, name)), ...named];
    this.#directory = directory;
    this.#named = new Set(named);
  }

  /** Throws OPTION_INVALID where a named one is not there, and STACK_LOAD_FAILED where one beside alien.ts cannot be read. */
  async read(): Promise<ReadVariables> {
    const texts = await Promise.all(this.paths.map((path) => this.#textOf(path)));
    const files = texts.map(readVariables);
    const problems = this.paths.flatMap((path, at) => {
      const text = texts[at] ?? "";
      if (this.#texts.get(path) === text) return [];
      this.#texts.set(path, text);
      const name = relative(this.#directory, path);
      return (files[at]?.problems ?? []).map((one) => ({ ...one, file: name }));
    });
    return { variables: Object.assign({}, ...files.map(({ variables }) => variables)), problems };
  }

  async #textOf(file: string): Promise<string> {
    const named = this.#named.has(file);
    try {
      return await readFile(file, "utf8");
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
      const missing = code === "ENOENT";
      if (missing && !named) return "";
      throw new AlienError(
        named ? "OPTION_INVALID" : "STACK_LOAD_FAILED",
        `${named ? "--dotenv: " : ""}${missing ? `there is no file ${file}` : `${file} cannot be read: ${String(code)}`}`,
        {
          fix: named
            ? "Write its path from the folder that you are in, or make the file."
            : "Make it a file of variables, NAME=value a line, that you may read.",
          details: { file },
          cause,
        },
      );
    }
  }
}

/** The variables of files that have no effect, as dev's own environment has another value for them. */
export function overruled(files: Environment, own: NodeJS.ProcessEnv): readonly string[] {
  return Object.keys(files).filter((name) => own[name] !== undefined && own[name] !== files[name]);
}

/**
 * What every process beside dev gets: the files' variables under those of dev's own environment,
 * as everywhere, and over all of them where the queues are. The secret is for where nobody has set another.
 */
export function sharedEnvironment(
  files: Environment,
  own: NodeJS.ProcessEnv,
  bindings: readonly QueueBinding[],
  signingSecret: string | undefined,
): Environment {
  const variables: Environment = { ...files, ...definedOf(own) };
  return {
    ...variables,
    ...(signingSecret === undefined || variables.ALIEN_SIGNING_SECRET
      ? {}
      : { ALIEN_SIGNING_SECRET: signingSecret }),
    ALIEN_PLATFORM: "local",
    ...Object.fromEntries(
      bindings.map((binding) => [environmentName(binding.queue), JSON.stringify(binding)]),
    ),
  };
}

function definedOf(variables: NodeJS.Dict<string>): Environment {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
