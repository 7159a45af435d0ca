import { AlienError } from "@alienplatform/core";
import type {
  Change,
  Cloud,
  Controller,
  Owner,
  PartContext,
  Place,
  RemotePart,
} from "../../src/index.ts";
import { changed, isUnknown } from "../../src/index.ts";
import { type ToyClient, ToyError, type ToyThing } from "./toy-vendor.ts";

export const toyPlace: Place = {
  platform: "toy",
  stack: "shop",
  stage: "dev",
  settings: { account: "7" },
};

/** Queues and roles have names; links are found by their two ends. */
export function toyControllers(client: ToyClient): Readonly<Record<string, Controller>> {
  return {
    "toy-queue": named(client, "queue", { fixed: ["color"] }),
    "toy-role": named(client, "role", { fixed: [] }),
    "toy-link": link(client),
  };
}

export function toyCloud(client: ToyClient, place: Place = toyPlace): Cloud {
  return {
    place,
    controllers: toyControllers(client),
    limits: { queue: 3 },
    translate: toyTranslate,
    owned: async ({ stack, stage }) => {
      const all = await Promise.all(["queue", "role", "link"].map((kind) => client.list(kind)));
      return all
        .flat()
        .filter(({ tags }) => tags.stack === stack && tags.stage === stage)
        .map(({ id }) => id);
    },
    operator: {
      logs: () => noOperator(),
      setSecret: () => noOperator(),
      hasSecret: () => noOperator(),
    },
    close: () => Promise.resolve(),
  };
}

function noOperator(): never {
  throw new TypeError("the toy has neither logs nor secrets");
}

/** The cloud with other methods in the places of a controller's right ones. */
export function withController(
  cloud: Cloud,
  type: string,
  change: (right: Controller) => Partial<Controller>,
): Cloud {
  const right = cloud.controllers[type];
  if (right === undefined) throw new TypeError(`the toy has no "${type}"`);
  return {
    ...cloud,
    controllers: { ...cloud.controllers, [type]: { ...right, ...change(right) } },
  };
}

/** The settings of a toy part. */
export type ToyConfig = Readonly<Record<string, string | number>>;

function named(
  client: ToyClient,
  kind: string,
  { fixed }: { readonly fixed: readonly string[] },
): Controller<ToyConfig, ToyRemote> {
  return {
    api: kind,
    read: async ({ name }) => remoteOf(await client.find(kind, name)),
    diff: (config, remote) => diffSettings(config, remote, fixed),
    create: async ({ name, owner }, config) =>
      made(await client.create(kind, name, config, tagsOf(owner))),
    update: (context, config, remote, changes) =>
      update(client, kind, { context, config, remote, changes }),
    delete: (_, remote) => remove(client, kind, remote),
  };
}

/** A link has no name: it is found by the id that was remembered, else in the list, by what it links. */
function link(client: ToyClient): Controller<ToyConfig, ToyRemote> {
  const keyOf = ({ from, to }: ToyConfig) => `${from}>${to}`;
  return {
    api: "link",
    read: async ({ config, remembered }) => {
      const known = remembered === undefined ? undefined : await client.get("link", remembered);
      if (known !== undefined) return remoteOf(known);
      if (isUnknown(config.from) || isUnknown(config.to)) return undefined;
      return remoteOf((await client.list("link")).find(({ key }) => key === keyOf(config)));
    },
    diff: (config, remote) => diffSettings(config, remote, ["from", "to"]),
    create: async ({ owner }, config) =>
      made(await client.create("link", keyOf(config), config, tagsOf(owner))),
    update: (context, config, remote, changes) =>
      update(client, "link", { context, config, remote, changes }),
    delete: (_, remote) => remove(client, "link", remote),
  };
}

export interface ToyRemote extends RemotePart {
  readonly settings: ToyConfig;
}

function diffSettings(
  config: ToyConfig,
  { settings }: ToyRemote,
  fixed: readonly string[],
): readonly Change[] {
  const names = new Set([...Object.keys(config), ...Object.keys(settings)]);
  return [...names]
    .sort()
    .flatMap((name) =>
      changed(
        name,
        settings[name],
        config[name],
        fixed.includes(name) ? "the vendor fixes it" : undefined,
      ),
    );
}

interface ToyUpdate {
  readonly context: PartContext<ToyConfig>;
  readonly config: ToyConfig;
  readonly remote: ToyRemote;
  readonly changes: readonly Change[];
}

async function update(
  client: ToyClient,
  kind: string,
  { context, config, remote, changes }: ToyUpdate,
): Promise<ToyRemote> {
  const marks = changes.some(({ path }) => path === "owner");
  if (changes.some(({ path }) => path !== "owner")) await client.configure(kind, remote.id, config);
  if (marks) await client.tag(kind, remote.id, tagsOf(context.owner));
  return { ...remote, settings: config, ...(marks ? { owner: context.owner } : {}) };
}

async function remove(client: ToyClient, kind: string, { id }: ToyRemote): Promise<void> {
  try {
    await client.remove(kind, id);
  } catch (error) {
    if (error instanceof ToyError && error.kind === "missing") return;
    throw error;
  }
}

function made(thing: ToyThing): ToyRemote {
  const { id, tags, settings, key, messages } = thing;
  const { stack, stage, part } = tags;
  const marked = stack !== undefined && stage !== undefined && part !== undefined;
  return {
    id,
    ...(marked ? { owner: { stack, stage, part } } : {}),
    attributes: { id, url: `toy://${key}` },
    ...(messages === 0 ? {} : { holds: `${messages} messages` }),
    settings,
  };
}

function remoteOf(thing: ToyThing | undefined): ToyRemote | undefined {
  return thing === undefined ? undefined : made(thing);
}

function tagsOf({ stack, stage, part }: Owner): Readonly<Record<string, string>> {
  return { stack, stage, part };
}

export function toyTranslate(thrown: unknown, doing: string): AlienError {
  if (!(thrown instanceof ToyError)) {
    return new AlienError("PLATFORM_REFUSED", `${doing} failed: ${String(thrown)}`, {
      cause: thrown,
    });
  }
  const text = `${doing} failed: ${thrown.message}`;
  const cause = thrown;
  switch (thrown.kind) {
    case "throttled":
      return new AlienError("THROTTLED", text, { retryable: true, cause });
    case "lost":
      return new AlienError("SERVICE_UNAVAILABLE", text, { retryable: true, cause });
    case "exists":
      // Its listing was behind: the next read finds it.
      return new AlienError("NOT_READY", text, { retryable: true, cause });
    case "forbidden":
      return new AlienError("PERMISSION_DENIED", text, { cause });
    case "missing":
    case "invalid":
      return new AlienError("PLATFORM_REFUSED", text, { cause });
  }
}
