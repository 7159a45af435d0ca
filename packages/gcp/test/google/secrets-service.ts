import type { Service } from "./google-server.ts";
import { Refused } from "./refused.ts";
import type { Message } from "./schema.ts";
import { checkLabels, type GoogleWorld, masked, type Stored } from "./world.ts";

/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets; names come back with the number. */
export function secretsService(world: GoogleWorld): Service {
  const { secrets, project, number } = world;
  const SECRETS = "google.cloud.secretmanager.v1.SecretManagerService";
  const found = (name: unknown) => {
    const one = secrets.get(String(name));
    if (one === undefined) throw new Refused(404, "NOT_FOUND", `Secret [${name}] not found.`);
    return one;
  };
  const shown = (secret: Stored) => ({
    ...secret,
    name: String(secret.name).replace(`projects/${project}/`, `projects/${number}/`),
  });
  return {
    [`${SECRETS}.CreateSecret`]: ({ parent, secretId, secret }) => {
      const id = String(secretId);
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(id))
        throw Refused.invalid(`The secret id ${id} is not legal.`);
      const wanted = (secret ?? {}) as Message; // as the schema has it
      if (wanted.replication === undefined)
        throw Refused.invalid("The replication field is required.");
      checkLabels(wanted.labels);
      const name = `${parent}/secrets/${id}`;
      if (secrets.has(name)) throw Refused.taken(name);
      secrets.set(name, { secret: { ...wanted, name }, versions: [] });
      return shown(found(name).secret);
    },
    [`${SECRETS}.GetSecret`]: ({ name }) => shown(found(name).secret),
    [`${SECRETS}.ListSecrets`]: () => ({
      secrets: [...secrets.values()].map(({ secret }) => shown(secret)),
    }),
    [`${SECRETS}.UpdateSecret`]: ({ secret, updateMask }) => {
      const wanted = secret as Message; // as the schema has it
      const name = String(wanted.name);
      checkLabels(wanted.labels);
      const { secret: before, versions } = found(name);
      secrets.set(name, { secret: masked(before, wanted, updateMask), versions });
      return shown(found(name).secret);
    },
    [`${SECRETS}.DeleteSecret`]: ({ name }) => {
      found(name);
      secrets.delete(String(name));
      world.policies.delete(String(name));
    },
    [`${SECRETS}.AddSecretVersion`]: ({ parent, payload }) => {
      const { versions } = found(parent);
      const { data = "" } = payload as { data?: string }; // as the schema has it
      versions.push(data);
      return { name: `${parent}/versions/${versions.length}`, state: "ENABLED" };
    },
    [`${SECRETS}.ListSecretVersions`]: ({ parent }) => {
      const { versions } = found(parent);
      return {
        versions: versions.map((_, at) => ({
          name: `${parent}/versions/${at + 1}`,
          state: "ENABLED",
        })),
      };
    },
    [`${SECRETS}.AccessSecretVersion`]: ({ name }) => {
      const [path = ""] = String(name).split("/versions/");
      const data = found(path).versions.at(-1);
      if (data === undefined)
        throw new Refused(404, "NOT_FOUND", `Secret Version [${name}] not found.`);
      return { name, payload: { data } };
    },
  };
}
