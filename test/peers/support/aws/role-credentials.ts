import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * The credentials of functions' roles, as Lambda gets them; each role's once, so that they are there when enforcement of
 * IAM is switched on, under which moto lets nobody assume a role that trusts a service.
 */
export class RolesAssumed {
  readonly #sts: STSClient;
  readonly #known = new Map<string, Promise<RoleCredentials>>();

  constructor(sts: STSClient) {
    this.#sts = sts;
  }

  of(roleArn: string): Promise<RoleCredentials> {
    const known = this.#known.get(roleArn);
    if (known !== undefined) return known;
    const assumed = this.#assume(roleArn);
    this.#known.set(roleArn, assumed);
    return assumed;
  }

  async #assume(RoleArn: string): Promise<RoleCredentials> {
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: "function" });
    const { Credentials } = await this.#sts.send(command);
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
  }
}
