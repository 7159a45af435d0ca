import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Project, type Running } from "../../../packages/cli/test/journey.ts";
import { openChromium } from "./chromium.ts";
import { spareFile, stackFile, workerFile } from "./shop.ts";

/** For what never comes: the error then says what was waited for. */
export const PATIENCE_MS = 120_000;
/** Between two looks at what comes by itself: the server that is asked is at work on it. */
const LOOK_MS = 20;

/** A dev of the shop, and browsers that look at its console. */
export class ConsoleSession {
  readonly project: Project;
  readonly url: string;
  readonly token: string;
  #dev: Running;
  readonly #browser: Browser;

  private constructor(project: Project, dev: Running, browser: Browser, api: ApiFile) {
    this.project = project;
    this.#dev = dev;
    this.#browser = browser;
    this.url = api.url;
    this.token = api.token;
  }

  /** `port` is where dev listens, or else at its default. */
  static async open(
    files: Readonly<Record<string, string>> = {},
    port?: number,
  ): Promise<ConsoleSession> {
    const project = await Project.create({
      "alien.ts": stackFile,
      "src/worker.ts": workerFile,
      "src/spare.ts": spareFile,
      ...files,
    });
    const dev = await project.dev(...(port === undefined ? [] : ["--api-port", `${port}`]));
    const path = join(project.directory, ".alien", "local", "api.json");
    // dev has just written it.
    const api = JSON.parse(await readFile(path, "utf8")) as ApiFile;
    return new ConsoleSession(project, dev, await openChromium(), api);
  }

  /** A browser of its own, which tells of what goes wrong in its pages. */
  async browser(theme: "light" | "dark" = "light"): Promise<Watched> {
    const context = await this.#browser.newContext({
      colorScheme: theme,
      viewport: { width: 1360, height: 860 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const wrong: string[] = [];
    context.on("weberror", (error) => wrong.push(`${error.error().message}`));
    context.on("console", (message) => {
      // What the API refuses is said on the page; the browser tells of it as well.
      if (
        message.type() === "error" &&
        !message.text().includes("the server responded with a status")
      )
        wrong.push(message.text());
    });
    return { context, page: await context.newPage(), wrong };
  }

  /** Ends dev. */
  async stop(): Promise<void> {
    await this.#dev.stop("SIGTERM");
  }

  /** Starts it again where it was, which asks for a port of its own: another dev may have taken the default. */
  async startAgain(): Promise<void> {
    this.#dev = await this.project.dev("--api-port", new URL(this.url).port);
  }

  /** The address of a place in the console. */
  at(place: string): string {
    return `${this.url}/console${place}`;
  }

  /** Asks the API, as a program would. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(method === "GET" ? {} : { "content-type": "application/json" }),
      },
      ...(method === "GET" ? {} : { body: JSON.stringify(body ?? {}) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T; // what the test expects, and asserts on
  }

  /** Waits until a queue's numbers are as wished. */
  async until(queue: string, wished: (stats: Stats) => boolean): Promise<void> {
    for (;;) {
      const { stats } = await this.api<{ stats: Stats }>("GET", `/queues/${queue}`);
      if (wished(stats)) return;
      await pause(LOOK_MS);
    }
  }

  /** Waits until the queue's numbers have been looked at once more. */
  async nextSample(queue: string): Promise<void> {
    const latest = async () => {
      const { items } = await this.api<{ items: readonly { at: string }[] }>(
        "GET",
        `/queues/${queue}/samples`,
      );
      return items.at(-1)?.at;
    };
    const before = await latest();
    while ((await latest()) === before) await pause(LOOK_MS);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.project.remove();
  }
}

export interface Stats {
  readonly ready: number;
  readonly delayed: number;
  readonly inFlight: number;
  readonly dead: number;
}

/** A browser, its page, and what went wrong in it. */
export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly wrong: readonly string[];
}

interface ApiFile {
  readonly url: string;
  readonly token: string;
}
