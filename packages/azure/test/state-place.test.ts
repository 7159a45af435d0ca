import { expect, it } from "vitest";
import { blobPlace } from "../src/state-place.ts";

const endpoint = "https://states1.blob.core.windows.net";
const blob = { container: "alien", blob: "team/shop/azure-dev.json" };

it.each([
  ["azblob://alien/team/shop/azure-dev.json?storage_account=states1", {}],
  ["azblob://alien/team/shop/azure-dev.json", { AZURE_STORAGE_ACCOUNT: "states1" }],
  [`${endpoint}/alien/team/shop/azure-dev.json`, {}],
  [`${endpoint}/alien/team/shop/azure-dev.json`, { AZURE_STORAGE_ACCOUNT: "another" }],
])("%s names its account, container and blob", (url, environment) => {
  expect(blobPlace(url, environment)).toEqual({ url, endpoint, account: "states1", ...blob });
});

it("a connection string says the account, where the URL says none or the same", () => {
  const connectionString = "DefaultEndpointsProtocol=https;AccountName=states1;AccountKey=a2V5";
  const environment = { AZURE_STORAGE_CONNECTION_STRING: connectionString };
  for (const url of [`azblob://alien/${blob.blob}`, `${endpoint}/alien/${blob.blob}`]) {
    expect(blobPlace(url, environment)).toMatchObject({ account: "states1", connectionString });
  }
  expect(() => blobPlace("https://other1.blob.core.windows.net/alien/x", environment)).toThrow(
    'AZURE_STORAGE_CONNECTION_STRING is of the account "states1", the state of "other1"',
  );
});

it("without an account it says where one is named", () => {
  expect(() => blobPlace("azblob://alien/x", {})).toThrow(
    expect.objectContaining({
      code: "OPTION_INVALID",
      fix: 'Write "azblob://alien/x?storage_account=<account>", or set AZURE_STORAGE_ACCOUNT.',
    }),
  );
});

it("a signature in the URL is refused, and not repeated", () => {
  const url = `${endpoint}/alien/x?sv=2024-11-04&sig=c2VjcmV0`;
  expect(() => blobPlace(url, {})).toThrow(
    expect.objectContaining({
      code: "OPTION_INVALID",
      message: expect.not.stringContaining("c2VjcmV0"),
      fix: expect.stringContaining("AZURE_STORAGE_SAS_TOKEN"),
    }),
  );
});

it.each([
  "azblob://alien",
  "azblob://alien/",
  "azblob://alien/dir/",
  "azblob://AL/x",
  "azblob://alien/x?account=states1",
  `${endpoint}/alien`,
  "https://example.com/alien/x",
])("refuses %s, which names no blob", (url) => {
  expect(() => blobPlace(url, { AZURE_STORAGE_ACCOUNT: "states1" })).toThrow(
    expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining(url) }),
  );
});
