import { expect, onTestFinished, test, vi } from "vitest";
import { jsonAnswer } from "../../../test/peers/support/aws/aws-answer.ts";
import { AwsProxy } from "../../../test/peers/support/aws/aws-proxy.ts";
import { awsCloud, openDeployClients } from "../src/aws-cloud.ts";

const region = "eu-central-1";
const NO_ROLES =
  "<ListRolesResponse><ListRolesResult><Roles/><IsTruncated>false</IsTruncated></ListRolesResult></ListRolesResponse>";

test("who may not list schedule groups is told the action and the line of the policy", async () => {
  // The policy of who deploys is of a time when there were no schedule groups.
  const who = "arn:aws:sts::123456789012:assumed-role/deployer/ci";
  const action = "scheduler:ListScheduleGroups";
  const all = `arn:aws:scheduler:${region}:123456789012:schedule-group/*`;
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${all} because no identity-based policy allows the ${action} action`;
  const proxy = await AwsProxy.listen("http://127.0.0.1:9");
  proxy.use(async ({ service }) => {
    if (service === "tagging") return jsonAnswer({ ResourceTagMappingList: [] });
    if (service === "lambda") return jsonAnswer({ EventSourceMappings: [] });
    if (service === "iam") return { status: 200, headers: {}, body: Buffer.from(NO_ROLES) };
    const headers = { "x-amzn-errortype": "AccessDeniedException" };
    return { status: 403, headers, body: Buffer.from(JSON.stringify({ message })) };
  });
  vi.stubEnv("AWS_ENDPOINT_URL", proxy.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  const clients = openDeployClients({ region });
  const stage = { stack: "shop", stage: "dev" };
  const cloud = awsCloud(clients, { ...stage, account: "123456789012", region });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await cloud.close();
    await proxy.close();
  });
  const thrown = await cloud.owned(stage, new AbortController().signal).catch((error) => error);
  expect(cloud.translate(thrown, "looking for parts")).toMatchObject({
    code: "PERMISSION_DENIED",
    message: `looking for parts failed: ${message}`,
    fix: `Add to a policy of ${who}: {"Effect":"Allow","Action":"${action}","Resource":"${all}"}`,
    details: { action },
  });
});
