import { createHash } from "node:crypto";
import type { Clock } from "@alienplatform/core";
import type {
  Change,
  Cloud,
  Controller,
  Json,
  PartContext,
  RemotePart,
} from "@alienplatform/deploy";
import { zipSync } from "fflate";
import { connect } from "../../../../packages/aws/src/deploy-client.ts";
import type { PartConfigs } from "../../../../packages/aws/src/part-configs.ts";
import type { AwsProxy } from "./aws-proxy.ts";

/** A zip file that Lambda would run, of which each text is another one. */
export function zipOf(text: string): { readonly bytes: Uint8Array; readonly sha256: string } {
  const bytes = zipSync({ "index.mjs": [new TextEncoder().encode(text), { mtime: "2030-01-01" }] });
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Files by their SHA-256. */
export const artifacts = new Map<string, Uint8Array>();

/** Puts a zip file where controllers find it. */
export function artifactOf(text: string): { readonly sha256: string } {
  const { bytes, sha256 } = zipOf(text);
  artifacts.set(sha256, bytes);
  return { sha256 };
}

/** A clock on which every wait is over at once. */
export const hurried: Clock = {
  now: () => Date.now(),
  schedule(_delayMs, run) {
    const timer = setImmediate(run);
    return () => clearImmediate(timer);
  },
};

/** One part of a stage, and what a deploy would do with it. */
export class DeployedPart<Type extends keyof PartConfigs> {
  readonly name: string;
  readonly controller: Controller<PartConfigs[Type]>;
  readonly #part: string;
  readonly #cloud: Cloud;
  remembered: string | undefined;

  constructor(cloud: Cloud, type: Type, part: string, name: string) {
    this.#cloud = cloud;
    this.#part = part;
    this.name = name;
    // The table has for each type the controller of its configs.
    this.controller = cloud.controllers[type] as unknown as Controller<PartConfigs[Type]>;
  }

  context(config: PartConfigs[Type], remembered = this.remembered): PartContext<PartConfigs[Type]> {
    const { stack, stage } = this.#cloud.place;
    return {
      owner: { stack, stage, part: this.#part },
      name: this.name,
      config,
      ...(remembered === undefined ? {} : { remembered }),
      clock: hurried,
      signal: new AbortController().signal,
      async artifact(sha256) {
        const bytes = artifacts.get(sha256);
        if (bytes === undefined) throw new Error(`no artifact ${sha256}`);
        return bytes;
      },
    };
  }

  async read(config: PartConfigs[Type]): Promise<RemotePart | undefined> {
    return this.controller.read(this.context(config));
  }

  /** What differs, as a plan would print it. */
  async changes(config: PartConfigs[Type]): Promise<readonly Change[]> {
    const remote = await this.read(config);
    if (remote === undefined) throw new Error(`${this.name} is not there`);
    return this.controller.diff(config, remote);
  }

  /** One step of an apply: read, create where nothing is, then update what differs; what passes is tried again. */
  async apply(config: PartConfigs[Type]): Promise<RemotePart> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#once(config);
      } catch (thrown) {
        const error = this.#cloud.translate(thrown, `applying ${this.name}`);
        if (!error.retryable || tries === 5) throw error;
      }
    }
  }

  async delete(config: PartConfigs[Type]): Promise<void> {
    const remote = await this.read(config);
    if (remote !== undefined) await this.controller.delete(this.context(config), remote);
  }

  async #once(config: PartConfigs[Type]): Promise<RemotePart> {
    const found = await this.read(config);
    const made = found ?? (await this.controller.create(this.context(config), config));
    this.remembered = made.id;
    const changes = this.controller.diff(config, made);
    if (changes.length === 0) return made;
    return this.controller.update(this.context(config), config, made, changes);
  }
}

/** A stage of the account behind an endpoint. The environment has to name the endpoint and any credentials. */
export async function connectTo(
  stage: string,
  region = "us-east-1",
  stack = "shop",
): Promise<Cloud> {
  return connect({ stack, stage, region, environment: process.env });
}

/** What a plan prints of changes: path, from, to. */
export function lines(
  changes: readonly Change[],
): readonly (readonly [string, Json | undefined, Json | undefined])[] {
  return changes.map(({ path, from, to }) => [path, from, to]);
}

/** The calls that change something, made while `work` runs. */
export async function writesOf(
  { calls }: AwsProxy,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  const from = calls.length;
  await work();
  return calls
    .slice(from)
    .map(({ action }) => action)
    .filter((action) => !/^(Get|List|Describe)/.test(action));
}
