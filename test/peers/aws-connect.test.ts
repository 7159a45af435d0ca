import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { connect } from "../../packages/aws/src/deploy-client.ts";
import { refusal } from "./support/aws/aws-answer.ts";
import { startAws } from "./support/aws/start-aws.ts";

const { endpoint, proxy } = await startAws();
const home = mkdtempSync(join(tmpdir(), "alien-aws-"));
// The SDK reads each of these files once.
writeFileSync(join(home, "config"), "[profile work]\nregion = ap-south-1\n");
writeFileSync(
  join(home, "credentials"),
  "[work]\naws_access_key_id = test\naws_secret_access_key = test\n",
);
afterAll(() => rmSync(home, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** A machine whose only settings are these. */
function machine(settings: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_CONFIG_FILE", join(home, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(home, "credentials"));
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
}

const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

const here = (region?: string) =>
  connect({
    stack: "shop",
    stage: "dev",
    environment: process.env,
    ...(region === undefined ? {} : { region }),
  });

it("tells the account, and the region of the flag before that of the environment", async () => {
  machine({ ...keys, AWS_REGION: "eu-west-1" });
  const cloud = await here();
  expect(cloud.place).toEqual({
    platform: "aws",
    stack: "shop",
    stage: "dev",
    settings: { account: "123456789012", region: "eu-west-1" },
  });
  await cloud.close();
  const other = await here("eu-central-1");
  expect(other.place.settings.region).toBe("eu-central-1");
  await other.close();
});

it("takes region and credentials from a profile", async () => {
  machine({ AWS_PROFILE: "work" });
  const cloud = await here();
  expect(cloud.place.settings.region).toBe("ap-south-1");
  await cloud.close();
});

it("says that no region was named", async () => {
  machine(keys);
  await expect(here()).rejects.toMatchObject({
    code: "REGION_INVALID",
    fix: expect.stringContaining("--region"),
  });
});

it("says that a region cannot be one", async () => {
  machine(keys);
  await expect(here("eu central 1")).rejects.toMatchObject({ code: "REGION_INVALID" });
});

it("says that there are no credentials", async () => {
  machine({ AWS_REGION: "eu-west-1" });
  await expect(here()).rejects.toMatchObject({
    code: "CREDENTIALS_MISSING",
    fix: expect.stringContaining("AWS_PROFILE"),
  });
});

it.each([
  ["ExpiredToken", "The security token included in the request is expired", "CREDENTIALS_EXPIRED"],
  [
    "InvalidClientTokenId",
    "The security token included in the request is invalid.",
    "CREDENTIALS_MISSING",
  ],
])("says of credentials that AWS answers %s what they are", async (code, text, ours) => {
  machine({ ...keys, AWS_REGION: "eu-west-1" });
  const away = proxy.use(async (call) => refusal(call, 403, code, text));
  await expect(here()).rejects.toMatchObject({ code: ours, retryable: false });
  away();
});

it("says that nobody answers", async () => {
  machine({ ...keys, AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
  await expect(here()).rejects.toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    retryable: true,
    fix: expect.stringContaining("AWS_ENDPOINT_URL"),
  });
});
