import {
  asOwner,
  type Change,
  type Controller,
  declaredAlone,
  entryChanges,
  isUnknown,
  marksMissing,
  OWNER,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { AzurePlace } from "../azure-place.ts";
import type { FunctionAppConfig } from "../part-configs.ts";
import { appId } from "../resource-ids.ts";
import { appBody, appSettingsOf, operatorsOwn, sameCase, siteSettings } from "./app-settings.ts";
import type { Arm } from "./arm.ts";
import { WEB_VERSION } from "./flex-plan.ts";
import { ownerOf, tagsOf } from "./owner-tags.ts";
import { publish, publishingHost } from "./publish.ts";

/** A function app as Azure has it. Its id is the resource's. */
export interface FunctionAppPart extends RemotePart {
  readonly settings: Settings;
  /** The app settings; those that nobody declared come without their values, which may be secret. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What was published last, in a tag: the packages themselves are behind another right than the app's. */
const CODE = "alien-code";

/** Makes function apps and publishes their code. */
export class FunctionAppController implements Controller<FunctionAppConfig, FunctionAppPart> {
  readonly api = "web";
  readonly #arm: Arm;
  readonly #place: AzurePlace;

  constructor(arm: Arm, place: AzurePlace) {
    this.#arm = arm;
    this.#place = place;
  }

  async read(context: PartContext<FunctionAppConfig>): Promise<FunctionAppPart | undefined> {
    const { name, config, signal } = context;
    const id = appId(this.#place, name);
    const site = await this.#arm.get(id, WEB_VERSION, signal);
    if (site === undefined) return undefined;
    const found = await this.#environment(id, signal);
    const { [CODE]: code = "" } = site.tags ?? {};
    return {
      id,
      ...asOwner(ownerOf(site.tags)),
      attributes: {
        id,
        ...(config.http === true ? { url: `https://${site.properties?.defaultHostName}` } : {}),
      },
      settings: { ...siteSettings(site), "code.sha256": code },
      environment: declaredAlone(found, isUnknown(config.settings) ? {} : config.settings),
    };
  }

  diff(config: FunctionAppConfig, remote: FunctionAppPart): readonly Change[] {
    const { settings, code, plan, identity, pausedAtFirst: _, http: __, ...rest } = config;
    const sha256 = isUnknown(code) ? code : code.sha256;
    const ids = { plan: sameCase(plan), identity: sameCase(identity) };
    return [
      ...settingChanges({ ...rest, ...ids, "code.sha256": sha256 }, remote.settings, {
        location: "an app stays where it was made",
        plan: "an app of Flex Consumption stays in its plan",
      }),
      ...entryChanges("settings", settings, remote.environment, (each) => each),
    ];
  }

  async create(
    context: PartContext<FunctionAppConfig>,
    config: FunctionAppConfig,
  ): Promise<FunctionAppPart> {
    const paused = config.pausedAtFirst.map((trigger) => operatorsOwn.disabled(trigger));
    const settings = { ...config.settings, ...Object.fromEntries(paused.map((n) => [n, "true"])) };
    const body = appBody(config);
    await this.#arm.put(
      appId(this.#place, context.name),
      WEB_VERSION,
      {
        ...body,
        properties: { ...body.properties, siteConfig: { appSettings: appSettingsOf(settings) } },
        tags: tagsOf(context.owner),
      },
      context,
    );
    return this.#again(context);
  }

  async update(
    context: PartContext<FunctionAppConfig>,
    config: FunctionAppConfig,
    remote: FunctionAppPart,
    changes: readonly Change[],
  ): Promise<FunctionAppPart> {
    const { id } = remote;
    const { owner, signal } = context;
    const todo = workOf(changes);
    const site = await this.#arm.get(id, WEB_VERSION, signal);
    const tags = { ...site?.tags, ...tagsOf(owner) };
    if (todo.app) await this.#arm.put(id, WEB_VERSION, { ...appBody(config), tags }, context);
    // New code may want the new settings.
    if (todo.environment) {
      const kept = operatorsOwn.among(await this.#environment(id, signal, true));
      const properties = { ...config.settings, ...kept };
      await this.#arm.put(`${id}/config/appsettings`, WEB_VERSION, { properties }, context);
    }
    if (todo.code) {
      const zip = await context.artifact(config.code.sha256);
      await publish(this.#arm, publishingHost(site), zip, context);
    }
    if (todo.code || marksMissing(changes)) {
      const code = todo.code ? { [CODE]: config.code.sha256 } : {};
      await this.#arm.tag(id, { ...tagsOf(owner), ...code }, context);
    }
    return this.#again(context);
  }

  async delete(context: PartContext<FunctionAppConfig>, remote: FunctionAppPart): Promise<void> {
    await this.#arm.delete(remote.id, WEB_VERSION, context);
  }

  async #again(context: PartContext<FunctionAppConfig>): Promise<FunctionAppPart> {
    const made = await this.read(context);
    if (made === undefined) throw new TypeError(`${context.name} was made, and is not there`);
    return made;
  }

  /** The app settings, without those that operators own. */
  async #environment(
    id: string,
    signal: AbortSignal,
    all = false,
  ): Promise<Readonly<Record<string, string>>> {
    const answer = await this.#arm.post(
      `${id}/config/appsettings/list`,
      WEB_VERSION,
      undefined,
      signal,
    );
    // As https://learn.microsoft.com/rest/api/appservice/web-apps/list-application-settings documents it.
    const { properties = {} } = answer as { readonly properties?: Record<string, string> };
    return all ? properties : operatorsOwn.without(properties);
  }
}

/** Which calls the changes want. */
function workOf(changes: readonly Change[]): Record<"app" | "environment" | "code", boolean> {
  const work = { app: false, environment: false, code: false };
  for (const { path } of changes) {
    if (path === "code.sha256") work.code = true;
    else if (path === "settings" || path.startsWith("settings.")) work.environment = true;
    else if (path !== OWNER) work.app = true;
  }
  return work;
}
