import { join } from "node:path";
import { loadStack } from "@alienplatform/deploy";
import { afterEach, expect, it } from "vitest";
import type { Controlled } from "../src/dev/controls.ts";
import type { DevEvent } from "../src/dev/event.ts";
import { Ports } from "../src/dev/ports.ts";
import { Session } from "../src/dev/session.ts";
import { Project } from "./journey.ts";
import { stackFile, workerFile } from "./sample.ts";

let project: Project;

afterEach(() => project.remove());

/** Operators have decided nothing, and never will. */
const undecided: Controlled = {
  control: async () => ({ version: 0 }),
  controlAfter: () => new Promise(() => undefined),
};

it("a session that is stopped while it starts leaves nothing running", {
  timeout: 180_000,
}, async () => {
  project = await Project.create({ "alien.ts": stackFile, "src/worker.ts": workerFile("hello") });
  const events: DevEvent[] = [];
  let goOn: () => void = () => undefined;
  const declared = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const session = new Session(await loadStack(join(project.directory, "alien.ts")), {
    report: (event) => events.push(event),
    ports: new Ports(undefined),
    environment: process.env,
    environmentFiles: [],
    loadedAt: Date.now(),
    print: () => undefined,
    declare: async () => {
      await declared;
      return [];
    },
    operate: () => undecided,
    signingSecret: async () => "none is asked for",
  });
  const started = session.start();
  const stopped = session.stop();
  goOn();
  await stopped;
  const { functions } = await started;
  expect(functions).toMatchObject([{ id: "worker", running: false }]);
  expect(events).toEqual([]);
});

it("what is wrong with a stack is thrown by the start, not again by the stop", async () => {
  project = await Project.create({ "alien.ts": stackFile, "src/worker.ts": workerFile("hello") });
  const session = new Session(await loadStack(join(project.directory, "alien.ts")), {
    report: () => undefined,
    ports: new Ports(undefined),
    environment: process.env,
    environmentFiles: [],
    loadedAt: Date.now(),
    print: () => undefined,
    declare: () => Promise.reject(new Error("refused")),
    operate: () => undecided,
    signingSecret: async () => "none is asked for",
  });
  await expect(session.start()).rejects.toThrow("refused");
  await session.stop();
});
