import {
  type Change,
  type Controller,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
  settle,
} from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import type { FirestoreDatabaseConfig } from "../part-configs.ts";
import { fieldSettings, setTimeToLive, stopIndexing } from "./database-fields.ts";
import { keptItems } from "./kept-items.ts";
import { finished, type Operation } from "./operation.ts";

/** A database as Firestore has it. Its id is its path. */
export interface FirestoreDatabasePart extends RemotePart {
  readonly settings: Settings;
}

/** https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases */
interface Database {
  readonly name: string;
  readonly locationId?: string;
  readonly type?: string;
  /** Of one that is gone. */
  readonly deleteTime?: string;
}

/** A database takes some seconds; what Firestore does to its fields, minutes. */
const SETTLED_WITHIN_MS = 900_000;
const API = { api: "firestore", version: "v1" } as const;

const FOR_GOOD = "a database stays what and where it was made";
const REPLACES = { locationId: FOR_GOOD, type: FOR_GOOD };

/**
 * Makes the database of Firestore that a stage keeps its state in, with the policy by which Firestore removes what is over.
 * It has no labels: its name says whose it is (see names.ts).
 */
export class FirestoreDatabaseController
  implements Controller<FirestoreDatabaseConfig, FirestoreDatabasePart>
{
  readonly api = "firestore";
  readonly #google: GoogleClient;
  readonly #project: string;

  constructor(google: GoogleClient, project: string) {
    this.#google = google;
    this.#project = project;
  }

  async read(
    context: PartContext<FirestoreDatabaseConfig>,
  ): Promise<FirestoreDatabasePart | undefined> {
    const { name, owner, clock, signal } = context;
    const path = this.#path(name);
    const found = await this.#get(path, signal);
    if (found === undefined) return undefined;
    const { locationId = "", type = "" } = found;
    const [fields, holds] = await Promise.all([
      fieldSettings(this.#google, path, signal),
      keptItems(this.#google, path, clock.now(), signal),
    ]);
    return {
      id: path,
      owner,
      attributes: { path },
      settings: { locationId, type, ...fields },
      ...(holds === undefined ? {} : { holds, isAside: true as const }),
    };
  }

  /** Protection that somebody has switched on is the operators' own. */
  diff(config: FirestoreDatabaseConfig, { settings }: FirestoreDatabasePart): readonly Change[] {
    const { deleteProtectionState: _, ...wanted } = config;
    return settingChanges(wanted, settings, REPLACES);
  }

  async create(
    context: PartContext<FirestoreDatabaseConfig>,
    { locationId, type, deleteProtectionState }: FirestoreDatabaseConfig,
  ): Promise<FirestoreDatabasePart> {
    const { name, signal } = context;
    const begun = await this.#google.call<Operation>("firestore", {
      verb: "POST",
      path: `v1/projects/${this.#project}/databases`,
      query: { databaseId: name },
      body: { locationId, type, deleteProtectionState },
      signal,
    });
    await this.#finished(context, begun, "made");
    // It is not always seen as soon as Firestore says that it is there:
    // https://github.com/hashicorp/terraform-provider-google/issues/14228
    return settle(context, `the database ${name} is there`, SETTLED_WITHIN_MS, () =>
      this.read(context),
    );
  }

  async update(
    context: PartContext<FirestoreDatabaseConfig>,
    config: FirestoreDatabaseConfig,
    remote: FirestoreDatabasePart,
    changes: readonly Change[],
  ): Promise<FirestoreDatabasePart> {
    const { name, signal } = context;
    const path = this.#path(name);
    const differs = (setting: string) => changes.some((change) => change.path === setting);
    if (differs("timeToLive")) {
      const former = remote.settings.timeToLive;
      if (typeof former === "string") {
        // A collection group has one such field at a time.
        const begun = await setTimeToLive(this.#google, path, former, false, signal);
        await this.#finished(context, begun, "changed");
      }
      await setTimeToLive(this.#google, path, config.timeToLive, true, signal);
    }
    if (differs("indexed")) await stopIndexing(this.#google, path, !config.indexed, signal);
    // What Firestore does to items that are there goes on behind it: the settings are what they are to be.
    return settle(context, `the database ${name} is changed`, SETTLED_WITHIN_MS, async () => {
      const found = await this.read(context);
      return found !== undefined && this.diff(config, found).length === 0 ? found : undefined;
    });
  }

  async delete(context: PartContext<FirestoreDatabaseConfig>): Promise<void> {
    const { name, signal } = context;
    const path = this.#path(name);
    const call = { verb: "DELETE", path: `v1/${path}`, signal } as const;
    const begun = await unlessGone(this.#google.call<Operation>("firestore", call));
    if (begun !== undefined) await this.#finished(context, begun, "deleted");
    await settle(context, `the database ${name} is gone`, SETTLED_WITHIN_MS, async () =>
      (await this.#get(path, signal)) === undefined ? true : undefined,
    );
  }

  async #get(path: string, signal: AbortSignal): Promise<Database | undefined> {
    const call = { verb: "GET", path: `v1/${path}`, signal } as const;
    const found = await unlessGone(this.#google.call<Database>("firestore", call));
    return found?.deleteTime === undefined ? found : undefined;
  }

  #finished(
    context: PartContext<FirestoreDatabaseConfig>,
    begun: Operation,
    done: string,
  ): Promise<void> {
    const what = `the database ${context.name} is ${done}`;
    return finished(this.#google, API, context, { begun, what, withinMs: SETTLED_WITHIN_MS });
  }

  #path(name: string): string {
    return `projects/${this.#project}/databases/${name}`;
  }
}
