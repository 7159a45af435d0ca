import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  type IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";

/** What moto wants rights of its own for; to AWS they are the calls that they are batches of. */
export const BATCHES: Readonly<Record<string, string>> = {
  "sqs:SendMessage": "sqs:SendMessageBatch",
  "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
  "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
};

/** A user who may do everything, also once IAM is enforced. */
export async function newAdministrator(
  iam: IAMClient,
): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
  const UserName = "administrator";
  const Statement = [{ Effect: "Allow", Action: "*", Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "all", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
}

/** From now on moto asks IAM about each call, for as long as it runs. */
export async function enforceIam(moto: string): Promise<void> {
  const answer = await fetch(`${moto}/moto-api/reset-auth`, { method: "POST", body: "0" });
  if (!answer.ok) throw new Error(`moto does not enforce: ${answer.status}`);
}
