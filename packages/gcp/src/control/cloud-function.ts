import { AlienError } from "@alienplatform/core";
import {
  asOwner,
  type Change,
  type Controller,
  declaredAlone,
  entryChanges,
  isUnknown,
  marksMissing,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
  settle,
} from "@alienplatform/deploy";
import type { GcpPlace } from "../gcp-place.ts";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import type { CloudFunctionConfig } from "../part-configs.ts";
import { CodeObjects } from "./code-objects.ts";
import {
  type CloudFunction,
  type FunctionState,
  maskOf,
  requestOf,
  settingsOf,
  stateChanges,
  stateOf,
} from "./function-settings.ts";
import { finished, type Operation } from "./operation.ts";
import { type Labels, labelsOf, ownerOf, withLabels } from "./owner-labels.ts";

/** A function as Cloud Run functions has it. Its id is its path. */
export interface CloudFunctionPart extends RemotePart {
  readonly settings: Settings;
  /** The variables; those that nobody declared come without their values, which may be secret. */
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Labels;
  readonly state: FunctionState;
}

/** It is built and started: a minute or two, and rarely ten. */
const SETTLED_WITHIN_MS = 900_000;

/** Makes functions of Cloud Run from zip files, by the Cloud Functions API. */
export class CloudFunctionController implements Controller<CloudFunctionConfig, CloudFunctionPart> {
  readonly api = "cloudfunctions";
  readonly #google: GoogleClient;
  readonly #place: GcpPlace;
  readonly #code: CodeObjects;

  constructor(google: GoogleClient, place: GcpPlace) {
    this.#google = google;
    this.#place = place;
    this.#code = new CodeObjects(google);
  }

  async read({
    name,
    config,
    signal,
  }: PartContext<CloudFunctionConfig>): Promise<CloudFunctionPart | undefined> {
    const path = `v2/${this.#path(name)}`;
    const call = { verb: "GET", path, signal } as const;
    const found = await unlessGone(this.#google.call<CloudFunction>("cloudfunctions", call));
    // One that is being deleted cannot be kept any more.
    if (found === undefined || found.state === "DELETING") return undefined;
    const { number, region } = this.#place;
    const { labels = {}, serviceConfig } = found;
    return {
      id: this.#path(name),
      ...asOwner(ownerOf(labels)),
      attributes: { name, url: `https://${name}-${number}.${region}.run.app` },
      settings: settingsOf(name, found),
      environment: variablesOf(serviceConfig?.environmentVariables ?? {}, config.environment),
      labels,
      state: stateOf(found),
    };
  }

  diff(config: CloudFunctionConfig, remote: CloudFunctionPart): readonly Change[] {
    const { environment, code, ...rest } = config;
    const sha256 = isUnknown(code) ? code : code.sha256;
    return [
      ...settingChanges({ ...rest, "code.sha256": sha256 }, remote.settings),
      ...entryChanges("environment", environment, remote.environment, (each) => each),
      ...stateChanges(remote.state),
    ];
  }

  async create(
    context: PartContext<CloudFunctionConfig>,
    config: CloudFunctionConfig,
  ): Promise<CloudFunctionPart> {
    const { name, owner, signal } = context;
    const path = this.#path(name);
    await this.#code.put(context, config);
    const operation = await this.#google.call<Operation>("cloudfunctions", {
      verb: "POST",
      path: `v2/${path.slice(0, path.lastIndexOf("/"))}`,
      query: { functionId: name },
      body: { name: path, ...requestOf(name, config), labels: labelsOf(owner) },
      signal,
    });
    return this.#settled(context, operation);
  }

  async update(
    context: PartContext<CloudFunctionConfig>,
    config: CloudFunctionConfig,
    remote: CloudFunctionPart,
    changes: readonly Change[],
  ): Promise<CloudFunctionPart> {
    const { name, owner, signal } = context;
    // Google does one thing at a time with a function.
    const current = remote.state === "pending" ? await this.#ready(context) : remote;
    const mask = [...maskOf(changes), ...(marksMissing(changes) ? ["labels"] : [])];
    if (mask.length === 0) return { ...current, owner: context.owner };
    const path = this.#path(name);
    const builds = mask.some((field) => field.startsWith("buildConfig."));
    if (builds) await this.#code.put(context, config);
    const operation = await this.#google.call<Operation>("cloudfunctions", {
      verb: "PATCH",
      path: `v2/${path}`,
      query: { updateMask: mask.join(",") },
      body: { name: path, ...requestOf(name, config), labels: withLabels(current.labels, owner) },
      signal,
    });
    const updated = await this.#settled(context, operation);
    if (builds) await this.#code.removeOthers(context, config.bucket, config.code.sha256);
    return updated;
  }

  async delete(context: PartContext<CloudFunctionConfig>): Promise<void> {
    const { name, config, signal } = context;
    const path = `v2/${this.#path(name)}`;
    const call = { verb: "DELETE", path, signal } as const;
    const operation = await unlessGone(this.#google.call<Operation>("cloudfunctions", call));
    if (operation !== undefined) await this.#done(context, operation);
    // Also where an earlier delete, of a process that is gone, is under way.
    await settle(context, `the function ${name} is deleted`, SETTLED_WITHIN_MS, async () => {
      const get = { verb: "GET", path, signal } as const;
      const found = await unlessGone(this.#google.call<CloudFunction>("cloudfunctions", get));
      return found === undefined ? true : undefined;
    });
    await this.#code.removeOthers(context, config.bucket);
  }

  /** As it is when Google has finished with it; throws what Google says where that went wrong. */
  async #settled(
    context: PartContext<CloudFunctionConfig>,
    operation: Operation,
  ): Promise<CloudFunctionPart> {
    await this.#done(context, operation);
    return this.#ready(context);
  }

  #done(context: PartContext<CloudFunctionConfig>, begun: Operation): Promise<void> {
    const what = `the function ${context.name} is built`;
    // https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.operations
    const api = { api: "cloudfunctions", version: "v2" } as const;
    return finished(this.#google, api, context, { begun, what, withinMs: SETTLED_WITHIN_MS });
  }

  async #ready(context: PartContext<CloudFunctionConfig>): Promise<CloudFunctionPart> {
    const { name } = context;
    return settle(context, `the function ${name} is ready`, SETTLED_WITHIN_MS, async () => {
      const remote = await this.read(context);
      if (remote === undefined || remote.state === "pending") return undefined;
      if (remote.state !== "ready") throw notBuilt(name, remote.state);
      return remote;
    });
  }

  #path(name: string): string {
    const { project, region } = this.#place;
    return `projects/${project}/locations/${region}/functions/${name}`;
  }
}

/** The error of a function that is not ready and will not be so by waiting. */
function notBuilt(name: string, state: FunctionState): AlienError {
  return new AlienError("PLATFORM_REFUSED", `the function ${name} is not ready; ${state}`, {
    fix: "Mend what Google says, then deploy again: it takes up from here.",
    details: { service: "cloudfunctions" },
  });
}

/**
 * Google sets it in functions that do not, since June 2024, so that it is nobody's change:
 * https://cloud.google.com/functions/docs/release-notes#June_18_2024
 */
const SET_BY_GOOGLE = "LOG_EXECUTION_ID";

function variablesOf(
  found: Readonly<Record<string, string>>,
  declared: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const { [SET_BY_GOOGLE]: googles, ...others } = found;
  const ours = googles === undefined || !Object.hasOwn(declared, SET_BY_GOOGLE);
  return declaredAlone(ours ? others : found, declared);
}
