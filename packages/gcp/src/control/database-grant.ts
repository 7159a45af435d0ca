import {
  type Change,
  type Controller,
  hasUnknown,
  isUnknown,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import type { DatabaseGrantConfig } from "../part-configs.ts";
import { databaseCondition } from "../table/rights.ts";
import { type Policy, rolesOf, withRoles } from "./iam-policy.ts";
import { OneByOne } from "./one-by-one.ts";

/** What a member may do in a database. Its id is the database's path and the member. */
export interface DatabaseGrantPart extends RemotePart {
  readonly settings: Settings;
}

const REPLACED = "a grant is of one member and one database for good";
const REPLACES = { database: REPLACED, member: REPLACED };
/** Of policies that hold conditions. */
const VERSION = 3;

/**
 * Gives roles in single databases of Firestore: bindings of the project's policy with a condition, since a database has no
 * policy. They are whose the database is, as its name says.
 * https://cloud.google.com/firestore/docs/manage-databases#access-control
 */
export class DatabaseGrantController implements Controller<DatabaseGrantConfig, DatabaseGrantPart> {
  readonly api = "iam-policies";
  readonly #google: GoogleClient;
  readonly #changes = new OneByOne();

  constructor(google: GoogleClient) {
    this.#google = google;
  }

  async read(context: PartContext<DatabaseGrantConfig>): Promise<DatabaseGrantPart | undefined> {
    const { config, signal } = context;
    if (hasUnknown(config)) return undefined;
    const { database, member } = config;
    const roles = rolesOf(await this.#read(database, signal), member, databaseCondition(database));
    return roles.length === 0 ? undefined : partOf(context, roles);
  }

  diff({ roles, ...config }: DatabaseGrantConfig, remote: DatabaseGrantPart): readonly Change[] {
    const sorted = isUnknown(roles) ? roles : [...roles].sort();
    return settingChanges({ ...config, roles: sorted }, remote.settings, REPLACES);
  }

  async create(
    context: PartContext<DatabaseGrantConfig>,
    config: DatabaseGrantConfig,
  ): Promise<DatabaseGrantPart> {
    await this.#set(config, config.roles, context.signal);
    return partOf({ ...context, config }, [...config.roles].sort());
  }

  async update(
    context: PartContext<DatabaseGrantConfig>,
    config: DatabaseGrantConfig,
  ): Promise<DatabaseGrantPart> {
    return this.create(context, config);
  }

  async delete({ config, signal }: PartContext<DatabaseGrantConfig>): Promise<void> {
    await this.#set(config, [], signal);
  }

  async #set(
    { database, member }: DatabaseGrantConfig,
    roles: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const project = projectOf(database);
    await this.#changes.run(project, async () => {
      const before = await this.#read(database, signal);
      const policy = withRoles(before, member, roles, databaseCondition(database));
      const body = { policy: { ...policy, version: VERSION } };
      const path = `v3/${project}:setIamPolicy`;
      await this.#google.call("cloudresourcemanager", { verb: "POST", path, body, signal });
    });
  }

  /** https://cloud.google.com/resource-manager/reference/rest/v3/projects/getIamPolicy */
  #read(database: string, signal: AbortSignal): Promise<Policy> {
    const path = `v3/${projectOf(database)}:getIamPolicy`;
    const body = { options: { requestedPolicyVersion: VERSION } };
    return this.#google.call("cloudresourcemanager", { verb: "POST", path, body, signal });
  }
}

function partOf(
  { owner, config: { database, member } }: PartContext<DatabaseGrantConfig>,
  roles: readonly string[],
): DatabaseGrantPart {
  return {
    id: `${database} ${member}`,
    owner,
    attributes: {},
    settings: { database, member, roles },
  };
}

/** "projects/p" */
function projectOf(database: string): string {
  return database.slice(0, database.indexOf("/databases/"));
}
