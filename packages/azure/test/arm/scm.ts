import { randomUUID } from "node:crypto";
import { BLOB_OWNER, ROLES } from "../../src/function/rights.ts";
import { type ArmAnswer, ArmRefusal } from "./answers.ts";
import type { ArmRequest, ArmServer } from "./arm-server.ts";
import type { Kept } from "./resource.ts";

/** Where apps take their code: it puts a package into the app's container, as the app's identity. */
export class Scm {
  readonly #server: ArmServer;
  /** By the ids of apps, in small letters. */
  readonly #packages = new Map<string, Buffer>();
  readonly #deployments = new Map<string, object>();

  constructor(server: ArmServer) {
    this.#server = server;
  }

  /** What an app runs, from its storage. */
  packageOf(app: string): Buffer | undefined {
    return this.#packages.get(app.toLowerCase());
  }

  gone(app: string): void {
    this.#packages.delete(app.toLowerCase());
  }

  answer({ method, path, body }: ArmRequest): ArmAnswer {
    const [, , name = "", , action = "", id = ""] = path.split("/");
    const app = this.#server.resources
      .ofType("Microsoft.Web/sites")
      .find((each) => each.name === name);
    if (app === undefined) throw new ArmRefusal(404, "NotFound", `there is no app ${name}`);
    if (method === "POST" && action === "publish") {
      const deployment = randomUUID();
      const why = this.#refusal(app);
      this.#deployments.set(deployment, {
        status: why === undefined ? 4 : 3,
        status_text: why ?? "",
      });
      if (why === undefined) {
        this.#packages.set(app.id.toLowerCase(), body);
        this.#server.changed();
      }
      return { status: 202, body: JSON.stringify(deployment) };
    }
    return {
      status: 200,
      body: this.#deployments.get(id) ?? { status: 3, status_text: "unknown" },
    };
  }

  /** Why its identity cannot write to its container; a role that was just assigned is not known here yet. */
  #refusal({ identity, properties }: Kept): string | undefined {
    const config = properties.functionAppConfig as {
      readonly deployment: { readonly storage: { readonly value: string } };
    }; // it was checked when it was made
    const [, account, container] =
      /_blobs\/([^/]+)\/([^/]+)$/.exec(config.deployment.storage.value) ?? [];
    const { resources } = this.#server;
    const storage = resources
      .ofType("Microsoft.Storage/storageAccounts")
      .find(({ name }) => name === account);
    const there =
      storage && resources.get(`${storage.id}/blobServices/default/containers/${container}`);
    if (there === undefined) return `there is no container ${container}`;
    const [who = ""] = Object.keys(identity?.userAssignedIdentities ?? {});
    const principal = resources.get(who)?.properties.principalId;
    const role = resources
      .ofType("Microsoft.Authorization/roleAssignments")
      .find(
        (each) =>
          each.properties.scope === storage?.id &&
          each.properties.principalId === principal &&
          String(each.properties.roleDefinitionId).endsWith(ROLES[BLOB_OWNER]),
      );
    if (role === undefined) return "AuthorizationPermissionMismatch";
    return this.#server.assigned.delete(role.id.toLowerCase()) && this.#server.rolesTakeTime
      ? "AuthorizationPermissionMismatch, for some minutes"
      : undefined;
  }
}
