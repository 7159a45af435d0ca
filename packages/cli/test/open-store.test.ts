import { expect, it } from "vitest";
import { openStore } from "../src/deployment/open-store.ts";

const place = { stackDirectory: "/shop", stack: "shop", platform: "aws" };
const where = { directory: "/shop/src", environment: { AWS_REGION: "eu-central-1" } };

async function urlOf(state: string | undefined, environment = {}): Promise<string> {
  // Of a context a store needs the folder and the environment.
  const context = { ...where, environment: { ...where.environment, ...environment } } as never;
  const store = await openStore(context, { stage: "dev", ...(state && { state }) }, place);
  await store.close();
  return store.url;
}

it.each([
  [undefined, "/shop/.alien/state/aws-dev"],
  ["states", "/shop/src/states/shop/aws-dev"],
  ["s3://states", "s3://states/shop/aws-dev.json"],
  ["s3://states/team//", "s3://states/team/shop/aws-dev.json"],
  ["gs://states/team", "gs://states/team/shop/aws-dev.json"],
  [
    "azblob://states/team/?storage_account=states1",
    "azblob://states/team/shop/aws-dev.json?storage_account=states1",
  ],
  [
    "https://states1.blob.core.windows.net/states",
    "https://states1.blob.core.windows.net/states/shop/aws-dev.json",
  ],
])("a state in %s is that of its stack, platform and stage", async (state, url) => {
  expect(await urlOf(state)).toBe(url);
});

it("ALIEN_STATE stands in for the option", async () => {
  expect(await urlOf(undefined, { ALIEN_STATE: "gs://states" })).toBe(
    "gs://states/shop/aws-dev.json",
  );
});

it("a URL of nobody's says what else there is", async () => {
  await expect(urlOf("ftp://states/x")).rejects.toMatchObject({
    code: "OPTION_INVALID",
    fix: "Use a folder, or a URL that begins with s3://, gs://, azblob:// or https://.",
  });
});
