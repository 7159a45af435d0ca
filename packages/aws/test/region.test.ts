import { expect, it } from "vitest";
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

it("who stops it while AWS is asked waits for no answer", async () => {
  const environment = { AWS_REGION: "eu-central-1" };
  const signal = AbortSignal.abort();
  await expect(connect({ stack: "shop", stage: "dev", environment, signal })).rejects.toMatchObject(
    { code: "ABORTED" },
  );
});
