import { AlienError } from "@alienplatform/core";
import type { Change, Cloud, Controller, RemotePart } from "../../src/index.ts";
import { type ToyClient, ToyError, type ToyVendor } from "../toy/toy-vendor.ts";

export type Mutate = (cloud: Cloud, client: ToyClient, vendor: ToyVendor) => Cloud;

/** A cloud with one mistake each, by what is wrong with it. Every one of them has been made by somebody. */
export const mutants: Readonly<Record<string, Mutate>> = {
  "diff sees nothing": each(() => ({ diff: () => [] })),
  "diff sees nothing but what is fixed": each((right) => ({
    diff: (config, remote) =>
      right.diff(config, remote).filter(({ replaces }) => replaces !== undefined),
  })),
  "diff always sees something": each((right) => ({
    diff: (config, remote) => [...right.diff(config, remote), { path: "arn", to: "x" }],
  })),
  "diff does not say that a part has to be replaced": each((right) => ({
    diff: (config, remote) => right.diff(config, remote).map(withoutReason),
    update: async (context, config, remote, changes) => {
      const fixed = right.diff(config, remote).filter(({ replaces }) => replaces !== undefined);
      if (fixed.length > 0) throw new ToyError("invalid", "that cannot be changed");
      return right.update(context, config, remote, changes);
    },
  })),
  "diff remembers what it was asked before": each((right) => {
    let first: readonly Change[] | undefined;
    return {
      diff: (config, remote) => {
        first ??= right.diff(config, remote);
        return first;
      },
    };
  }),
  "diff throws at what is not known": each((right) => ({
    diff: (config, remote) => {
      if (JSON.stringify(config).includes("$unknown")) throw new TypeError("not a text");
      return right.diff(config, remote);
    },
  })),
  "diff takes what is not known for what is there": each((right) => ({
    diff: (config, remote) =>
      right.diff(config, remote).filter(({ to }) => typeof to !== "object" || !("$unknown" in to)),
  })),
  "read takes forbidden for gone": each((right) => ({
    read: (context) => right.read(context).catch(goneWhere("forbidden")),
  })),
  "read takes no answer for gone": each((right) => ({
    read: (context) => right.read(context).catch(goneWhere("lost")),
  })),
  "read finds only what is remembered": each((right) => ({
    read: async (context) => (context.remembered === undefined ? undefined : right.read(context)),
  })),
  "read tells nobody what would be lost": each((right) => ({
    read: async (context) => {
      const remote = await right.read(context);
      if (remote === undefined) return undefined;
      const { holds: _, ...rest } = remote;
      return rest;
    },
  })),
  "read answers what JSON cannot hold": each((right) => ({
    read: async (context) => {
      const remote = await right.read(context);
      return remote && { ...remote, attributes: { ...remote.attributes, seen: absent } };
    },
  })),
  "create does not mark what it makes": (cloud, client, vendor) => {
    const create = client.create;
    Object.assign(client, {
      create: (kind: string, key: string, settings: Record<string, string | number>) =>
        create(kind, key, settings, {}),
    });
    return each(() => ({}))(cloud, client, vendor);
  },
  "create marks in a call of its own": (cloud, client, vendor) => {
    const create = client.create;
    Object.assign(client, {
      create: async (...[kind, key, settings, tags]: Parameters<ToyClient["create"]>) => {
        const thing = await create(kind, key, settings, {});
        await client.tag(kind, thing.id, tags);
        return { ...thing, tags };
      },
    });
    return each(() => ({}))(cloud, client, vendor);
  },
  "create answers an attribute that is not so": each((right) => ({
    create: async (context, config) => {
      const remote = await right.create(context, config);
      return { ...remote, attributes: { ...remote.attributes, id: "pending" } };
    },
  })),
  "a certain attribute is not so": each((right) => ({
    read: async (context) => {
      const remote = await right.read(context);
      return remote && { ...remote, attributes: { ...remote.attributes, url: "toy://other" } };
    },
  })),
  "update keeps what was taken away": (cloud, client, vendor) => {
    const configure = client.configure;
    Object.assign(client, {
      configure: (kind: string, id: string, settings: Record<string, string | number>) =>
        configure(kind, id, { ...vendor.things.get(id)?.settings, ...settings }),
    });
    return cloud;
  },
  "update does nothing": each(() => ({ update: async (_context, _config, remote) => remote })),
  "update makes it anew": each((right) => ({
    update: async (context, config, remote) => {
      await right.delete(context, remote);
      return right.create(context, config);
    },
  })),
  "update does not mark what is adopted": each((right) => ({
    update: (context, config, remote, changes) =>
      right.update(
        context,
        config,
        remote,
        changes.filter(({ path }) => path !== "owner"),
      ),
  })),
  "delete does nothing": each(() => ({ delete: () => Promise.resolve() })),
  "delete fails where nothing is left": each((right, client) => ({
    delete: async (context, remote) => {
      await client.remove(right.api, remote.id);
      void context;
    },
  })),
  "delete takes every failure for a success": each((right) => ({
    delete: (context, remote) => right.delete(context, remote).catch(() => undefined),
  })),
  "throttling is not tried again": (cloud) => ({
    ...cloud,
    translate: (thrown, doing) => {
      const { code, message } = cloud.translate(thrown, doing);
      return new AlienError(code, message);
    },
  }),
  "a missing permission is tried again": (cloud) => ({
    ...cloud,
    translate: (thrown, doing) => {
      const { code, message } = cloud.translate(thrown, doing);
      return new AlienError(code, message, { retryable: true });
    },
  }),
  "the list of what a stage owns is empty": (cloud) => ({
    ...cloud,
    owned: () => Promise.resolve([]),
  }),
};

/** What a careless translation of an optional field gives. */
const absent = JSON.parse("null") as string; // JSON's null is what the type forbids

type Change1 = (
  right: Controller,
  client: ToyClient,
) => Partial<Pick<Controller, "read" | "diff" | "create" | "update" | "delete">>;

function each(change: Change1): Mutate {
  return (cloud, client) => ({
    ...cloud,
    controllers: Object.fromEntries(
      Object.entries(cloud.controllers).map(([type, right]) => [
        type,
        { ...right, ...change(right, client) },
      ]),
    ),
  });
}

function withoutReason({ replaces: _, ...change }: Change): Change {
  return change;
}

function goneWhere(kind: ToyError["kind"]): (thrown: unknown) => RemotePart | undefined {
  return (thrown) => {
    if (thrown instanceof ToyError && thrown.kind === kind) return undefined;
    throw thrown;
  };
}
