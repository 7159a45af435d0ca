import type { Service } from "./google-server.ts";
import { Refused } from "./refused.ts";
import type { Message } from "./schema.ts";
import { type GoogleWorld, masked } from "./world.ts";

/** https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts */
export function accountsService(world: GoogleWorld): Service {
  const { accounts, project } = world;
  const IAM = "google.iam.admin.v1.IAM";
  const found = (name: unknown) => {
    const email = String(name).split("/").at(-1) ?? "";
    const account = accounts.get(email);
    if (account === undefined)
      throw new Refused(404, "NOT_FOUND", `Unknown service account: ${email}.`);
    return account;
  };
  const check = ({ displayName = "", description = "" }: Message) => {
    if (Buffer.byteLength(String(displayName)) > 100)
      throw Refused.invalid("The display name is too long.");
    if (Buffer.byteLength(String(description)) > 256)
      throw Refused.invalid("The description is too long.");
  };
  return {
    [`${IAM}.CreateServiceAccount`]: ({ accountId, serviceAccount }) => {
      const id = String(accountId);
      if (!/^[a-z]([-a-z0-9]*[a-z0-9])$/.test(id) || id.length < 6 || id.length > 30) {
        throw Refused.invalid(`The account ID "${id}" does not have a length between 6 and 30.`);
      }
      const wanted = (serviceAccount ?? {}) as Message; // as the schema has it
      check(wanted);
      const email = `${id}@${project}.iam.gserviceaccount.com`;
      if (accounts.has(email)) throw Refused.taken(`projects/${project}/serviceAccounts/${email}`);
      const { displayName, description } = wanted;
      accounts.set(email, {
        name: `projects/${project}/serviceAccounts/${email}`,
        email,
        displayName,
        description,
      });
      return accounts.get(email);
    },
    [`${IAM}.GetServiceAccount`]: ({ name }) => found(name),
    [`${IAM}.ListServiceAccounts`]: () => ({ accounts: [...accounts.values()] }),
    [`${IAM}.PatchServiceAccount`]: ({ serviceAccount, updateMask }) => {
      const wanted = serviceAccount as Message; // as the schema has it
      check(wanted);
      const account = found(wanted.name);
      const next = masked(account, wanted, updateMask);
      accounts.set(String(account.email), next);
      return next;
    },
    [`${IAM}.DeleteServiceAccount`]: ({ name }) => {
      const { email } = found(name);
      accounts.delete(String(email));
    },
  };
}
