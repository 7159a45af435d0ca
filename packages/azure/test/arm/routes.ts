import { SUBSCRIPTION, TENANT } from "./account.ts";
import { type ArmAnswer, ArmRefusal, notFound } from "./answers.ts";
import type { ArmRequest, ArmServer } from "./arm-server.ts";
import { checkAnswer, checkedBody } from "./check-request.ts";
import type { PublishedOperation } from "./published-api.ts";
import { type Kept, parentOf, typeOf, type Wanted } from "./resource.ts";
import { resourceKinds } from "./resource-kinds.ts";

/** What each request gets, after it was found to be one that Microsoft publishes. */
export class ArmRoutes {
  readonly #server: ArmServer;
  readonly #published: readonly PublishedOperation[];

  constructor(server: ArmServer, published: readonly PublishedOperation[]) {
    this.#server = server;
    this.#published = published;
  }

  async answer(request: ArmRequest): Promise<ArmAnswer> {
    const { path } = request;
    if (path.startsWith("/_scm/")) return this.#server.scm.answer(request);
    if (path.startsWith("/_vault/")) return this.#vault(request);
    if (path.startsWith("/_tables/")) return this.#server.tables.answer(request);
    if (path.startsWith("/_operations/")) return this.#operation(path);
    if (path.startsWith("/v1/")) return this.#logs(request);
    if (path.toLowerCase() === `/subscriptions/${SUBSCRIPTION}`) {
      return {
        status: 200,
        body: { subscriptionId: SUBSCRIPTION, tenantId: TENANT, state: "Enabled" },
      };
    }
    if (!path.toLowerCase().startsWith(`/subscriptions/${SUBSCRIPTION}/`)) {
      throw new ArmRefusal(404, "SubscriptionNotFound", "The subscription could not be found.");
    }
    const wanted = checkedBody(request, this.#published);
    this.#server.actions.add(actionOf(request));
    const answered = this.#managed(request, wanted);
    checkAnswer(request, answered.body);
    return answered;
  }

  /** What Resource Manager answers to what was found to be right. */
  #managed({ path, method }: ArmRequest, wanted: Wanted): ArmAnswer {
    if (/\/providers\/Microsoft\.Resources\/tags\/default$/i.test(path))
      return this.#tag(path, wanted);
    if (/\/resources$/i.test(path)) return this.#list(path);
    if (/\/config\/appsettings(\/list)?$/i.test(path))
      return this.#appSettings(path, method, wanted);
    if (/\/deletedVaults\//i.test(path)) return this.#deletedVault(path, method);
    if (method === "PUT") return this.#put(path, wanted);
    if (method === "PATCH") return this.#patch(path, wanted);
    const found = this.#server.resources.get(path);
    if (method === "DELETE") return found === undefined ? { status: 204 } : this.#delete(found);
    if (found !== undefined) return { status: 200, body: this.#shown(found) };
    throw this.#missing(path);
  }

  #put(path: string, wanted: Wanted): ArmAnswer {
    const type = typeOf(path);
    const kind = resourceKinds[type.toLowerCase()];
    if (kind === undefined) throw new ArmRefusal(400, "InvalidResourceType", type);
    const parent = parentOf(path);
    if (parent !== undefined && this.#server.resources.get(parent) === undefined) {
      throw this.#missing(parent);
    }
    const before = this.#server.resources.get(path);
    const { properties = {}, ...rest } = wanted;
    const name = path.split("/").at(-1) ?? "";
    const asked: Kept = { id: before?.id ?? path, name, type, ...rest, properties };
    if (before?.location !== undefined && wanted.location !== before.location) {
      throw new ArmRefusal(409, "InvalidResourceLocation", `${name} is in ${before.location}`);
    }
    const made = kind.make(wanted, asked, before, this.#server);
    const polls = before === undefined ? (kind.polls ?? 0) : 0;
    const { making } = kind;
    const kept = making === undefined ? made : inState(made, polls === 0 ? "Succeeded" : making);
    this.#server.resources.set(kept);
    this.#server.changed();
    if (polls === 0) return { status: before === undefined ? 201 : 200, body: this.#shown(kept) };
    const operation = this.#server.operations.begin(polls, () => {
      const now = this.#server.resources.get(path);
      if (now !== undefined) this.#server.resources.set(inState(now, "Succeeded"));
    });
    const headers = {
      "azure-asyncoperation": `${this.#server.url}/_operations/${operation}?api-version=2024-01-01`,
    };
    return { status: 201, body: this.#shown(kept), headers };
  }

  #patch(path: string, wanted: Wanted): ArmAnswer {
    const before = this.#server.resources.get(path);
    if (before === undefined) throw this.#missing(path);
    const properties = { ...before.properties, ...wanted.properties };
    const kept = { ...before, ...wanted, properties };
    this.#server.resources.set(kept);
    return { status: 200, body: this.#shown(kept) };
  }

  #tag(path: string, { properties = {} }: Wanted): ArmAnswer {
    const found = this.#server.resources.get(
      path.replace(/\/providers\/Microsoft\.Resources\/.*$/i, ""),
    );
    if (found === undefined) throw this.#missing(path);
    const tags = { ...found.tags, ...(properties.tags as Record<string, string>) }; // it was checked
    this.#server.resources.set({ ...found, tags });
    return { status: 200, body: { properties: { tags } } };
  }

  #delete({ id, type }: Kept): ArmAnswer {
    const gone = () => {
      for (const each of this.#server.resources.remove(id)) {
        resourceKinds[each.type.toLowerCase()]?.gone?.(each, this.#server);
      }
    };
    if (!/resourceGroups$|namespaces$/.test(type)) {
      gone();
      return { status: 200 };
    }
    const operation = this.#server.operations.begin(2, gone);
    const location = `${this.#server.url}/_operations/${operation}?api-version=2024-01-01&end=204`;
    return { status: 202, headers: { location } };
  }

  #operation(path: string): ArmAnswer {
    const over = this.#server.operations.ask(path.split("/").at(-1) ?? "");
    const body = { status: over ? "Succeeded" : "InProgress" };
    return { status: over ? 200 : 202, body };
  }

  #list(path: string): ArmAnswer {
    const group = path.replace(/\/resources$/i, "");
    if (this.#server.resources.get(group) === undefined) throw this.#missing(group);
    const value = this.#server.resources
      .all()
      .filter(
        ({ id, type }) =>
          id.toLowerCase().startsWith(`${group.toLowerCase()}/`) && type.split("/").length === 2,
      )
      .filter(({ type }) => !/roleAssignments$/.test(type))
      .map(({ id, name, type, location, tags }) => ({ id, name, type, location, tags }));
    return { status: 200, body: { value } };
  }

  #appSettings(path: string, method: string, { properties = {} }: Wanted): ArmAnswer {
    const id = path.replace(/\/config\/appsettings(\/list)?$/i, "");
    if (this.#server.resources.get(id) === undefined) throw this.#missing(id);
    if (method === "PUT") {
      this.#server.setAppSettings(id, properties as Record<string, string>); // it was checked
    }
    const its = {
      id: `${id}/config/appsettings`,
      name: "appsettings",
      type: "Microsoft.Web/sites/config",
    };
    return { status: 200, body: { ...its, properties: this.#server.appSettings(id) } };
  }

  #deletedVault(path: string, method: string): ArmAnswer {
    const name =
      path
        .replace(/\/purge$/, "")
        .split("/")
        .at(-1) ?? "";
    const found = this.#server.deletedVaults.get(name);
    if (found === undefined) throw new ArmRefusal(404, "DeletedVaultNotFound", `no ${name}`);
    if (method === "POST") {
      this.#server.deletedVaults.delete(name);
      return { status: 202 };
    }
    return { status: 200, body: { name, properties: { tags: found.tags, vaultId: found.id } } };
  }

  /** https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups */
  #vault({ method, path }: ArmRequest): ArmAnswer {
    const [, , vault = "", collection = "", name = "", more] = path.split("/");
    const { secrets, resources } = this.#server;
    const missing = new ArmRefusal(
      404,
      "SecretNotFound",
      `A secret with name ${name} was not found.`,
    );
    const key = `${vault}/${name}`;
    if (collection === "deletedsecrets") {
      if (!secrets.deleted.has(key)) throw missing;
      if (method === "DELETE") secrets.deleted.delete(key);
      return { status: method === "DELETE" ? 204 : 200, body: {} };
    }
    const value = secrets.get(vault, name);
    if (value === undefined) throw missing;
    if (method === "DELETE") {
      secrets.delete(vault, name);
      const its = resources
        .ofType("Microsoft.KeyVault/vaults/secrets")
        .find(({ id }) => id.endsWith(`/vaults/${vault}/secrets/${name}`));
      if (its !== undefined) resources.remove(its.id);
      return { status: 200, body: {} };
    }
    return { status: 200, body: more === undefined ? { value } : { value: [] } };
  }

  /** https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format */
  #logs({ body }: ArmRequest): ArmAnswer {
    const { query = "" } = JSON.parse(body.toString()) as { readonly query?: string };
    const app = /AppRoleName =~ "([^"]*)"/.exec(query)?.[1];
    const since = Date.parse(/TimeGenerated >= datetime\(([^)]*)\)/.exec(query)?.[1] ?? "");
    const filter = /contains_cs ("(?:[^"\\]|\\.)*")/.exec(query)?.[1];
    const text = filter === undefined ? "" : String(JSON.parse(filter));
    const rows = this.#server.logged.flatMap((line, index) =>
      line.app === app && line.at >= since && line.text.includes(text)
        ? [[new Date(line.at).toISOString(), line.text, `item-${index}`]]
        : [],
    );
    return { status: 200, body: { tables: [{ name: "PrimaryResult", rows }] } };
  }

  #shown(resource: Kept): Kept {
    return resourceKinds[resource.type.toLowerCase()]?.shown?.(resource, this.#server) ?? resource;
  }

  /** As Azure says it of what the thing would be in. */
  #missing(path: string): ArmRefusal {
    const group = path.split("/").slice(0, 5).join("/");
    if (this.#server.resources.get(group) !== undefined) return notFound(path);
    return new ArmRefusal(
      404,
      "ResourceGroupNotFound",
      `Resource group '${group}' could not be found.`,
    );
  }
}

function inState(resource: Kept, provisioningState: string): Kept {
  return { ...resource, properties: { ...resource.properties, provisioningState } };
}

/** https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations */
function actionOf({ method, path }: ArmRequest): string {
  const known = [
    [/\/providers\/Microsoft\.Resources\/tags\/default$/i, "Microsoft.Resources/tags/write"],
    [/\/resources$/i, "Microsoft.Resources/subscriptions/resourceGroups/resources/read"],
    [/\/config\/appsettings\/list$/i, "Microsoft.Web/sites/config/list/action"],
    [/\/config\/appsettings$/i, "Microsoft.Web/sites/config/write"],
    [/\/deletedVaults\/[^/]+\/purge$/i, "Microsoft.KeyVault/locations/deletedVaults/purge/action"],
    [/\/deletedVaults\/[^/]+$/i, "Microsoft.KeyVault/locations/deletedVaults/read"],
  ] as const;
  const special = known.find(([pattern]) => pattern.test(path));
  if (special !== undefined) return special[1];
  const verb = { PUT: "write", PATCH: "write", DELETE: "delete" }[method] ?? "read";
  const type = typeOf(path).replace(/^Microsoft\.Resources\/resourceGroups$/, GROUPS);
  return `${type}/${verb}`;
}

const GROUPS = "Microsoft.Resources/subscriptions/resourceGroups";
