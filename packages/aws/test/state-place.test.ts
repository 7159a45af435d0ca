import { expect, it } from "vitest";
import { s3Place } from "../src/state-place.ts";

const r2 = "https://0123.r2.cloudflarestorage.com";

it("reads bucket and key, and the parameters of others than AWS", () => {
  const url = `s3://states/shop/cloudflare-dev.json?endpoint=${r2}&region=auto&profile=r2`;
  const place = { bucket: "states", key: "shop/cloudflare-dev.json", url };
  expect(s3Place(url)).toEqual({ ...place, endpoint: r2, region: "auto", profile: "r2" });
});

it.each([
  "s3://states",
  "s3://states/",
  "s3://states/dir/",
  "https://states/x",
  "s3:///x",
  "s3://states?region=auto",
])("refuses %s, which names no object", (url) => {
  expect(() => s3Place(url)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
});

it.each([
  ["endpont=https://x", 'a state\'s URL of S3 has no parameter "endpont"'],
  ["endpoint=0123.r2.cloudflarestorage.com", "is no endpoint of S3's protocol"],
  [`endpoint=${r2}/states`, "is no endpoint of S3's protocol"],
])("refuses %s", (query, problem) => {
  expect(() => s3Place(`s3://states/x?${query}`)).toThrow(problem);
});
