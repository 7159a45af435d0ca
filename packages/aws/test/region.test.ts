import { expect, it, vi } from "vitest";
import { connect } from "../src/deploy-client.ts";

it.each([
  ["mars-1", "eu-central-1, us-east-1"],
  ["eu-central1", "eu-central-1"],
  ["EU-WEST-1", "eu-west-1"],
])(
  "a region %s is refused before anybody is asked, with what may have been meant",
  async (region, meant) => {
    const connecting = connect({ stack: "shop", stage: "dev", environment: {}, region });
    await expect(connecting).rejects.toMatchObject({
      code: "REGION_INVALID",
      fix: expect.stringContaining(meant),
    });
  },
);

it("a region that nothing names is said to be missing, along with what else is needed", async () => {
  for (const name of ["AWS_REGION", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) {
    vi.stubEnv(name, "/nowhere");
  }
  const connecting = connect({ stack: "shop", stage: "dev", environment: {} });
  await expect(connecting).rejects.toMatchObject({
    code: "REGION_INVALID",
    message: "no region of AWS is named",
    fix: expect.stringMatching(/--region or AWS_REGION .*credentials are needed too: /),
  });
  vi.unstubAllEnvs();
});

it("who stops it while AWS is asked waits for no answer", async () => {
  const environment = { AWS_REGION: "eu-central-1" };
  const signal = AbortSignal.abort();
  await expect(connect({ stack: "shop", stage: "dev", environment, signal })).rejects.toMatchObject(
    { code: "ABORTED" },
  );
});
