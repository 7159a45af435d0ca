import { expect, it, onTestFinished } from "vitest";
import { SUBSCRIPTION } from "./account.ts";
import { ArmServer } from "./arm-server.ts";
import { checkAnswer } from "./check-request.ts";

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/shop`;
const BUS = `${GROUP}/providers/Microsoft.ServiceBus/namespaces/shop-bus`;
const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/shopfiles`;
const APP = `${GROUP}/providers/Microsoft.Web/sites/shop-app`;
const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/shop-logs`;

const location = "westeurope";
const account = { location, kind: "StorageV2", sku: { name: "Standard_LRS" } };

it.each([
  [
    "what is required and missing",
    `${ACCOUNT}?api-version=2024-01-01`,
    { ...account, sku: undefined },
    "$ must have required property 'sku'",
  ],
  [
    "a value that is none of those that there are",
    `${BUS}?api-version=2021-11-01`,
    { location, sku: { name: "Gold" } },
    '$.sku.name is not "Standard"',
  ],
  [
    "a value of another type",
    `${BUS}/queues/tasks?api-version=2021-11-01`,
    { properties: { maxDeliveryCount: "ten" } },
    "$.properties.maxDeliveryCount must be integer",
  ],
  [
    "a part of a whole number",
    `${BUS}/queues/tasks?api-version=2021-11-01`,
    { properties: { maxDeliveryCount: 1.5 } },
    "$.properties.maxDeliveryCount must be integer",
  ],
  [
    "a field that there is not",
    `${ACCOUNT}?api-version=2024-01-01`,
    { ...account, properties: { minTlsVersion: "TLS1_2" } },
    "$.properties.minTlsVersion is no such field",
  ],
  [
    "a field of a later version",
    `${BUS}?api-version=2021-11-01`,
    { location, properties: { minimumTlsVersion: "1.2" } },
    "$.properties.minimumTlsVersion is no such field",
  ],
  [
    "what Azure alone says",
    `${APP}?api-version=2024-11-01`,
    { location, properties: { state: "Running" } },
    "$.properties.state is nobody's to say here",
  ],
  [
    "a setting that is no text",
    `${APP}/config/appsettings?api-version=2024-11-01`,
    { properties: { RETRIES: 3 } },
    "$.properties.RETRIES must be string",
  ],
])("refuses %s, as Resource Manager words it", async (_, url, body, problem) => {
  const { status, error } = await put(url, JSON.stringify(body));
  expect([status, error.code]).toEqual([400, "InvalidRequestContent"]);
  expect(error.message).toContain(problem);
});

it.each([
  ["", "MissingApiVersionParameter", "is required for all requests"],
  ["?api-version=2031-01-01", "NoRegisteredProviderFound", "The supported api-versions are '2015"],
  // Of Log Analytics, but not of Service Bus.
  ["?api-version=2022-10-01", "NoRegisteredProviderFound", "2021-11-01"],
  // It is published, and what is asked in it nobody here could judge.
  ["?api-version=2024-01-01", "InvalidApiVersionParameter", "there is 2021-11-01"],
])("refuses the version that %o asks for", async (query, code, message) => {
  const { status, error } = await put(`${BUS}${query}`, JSON.stringify({ location }));
  expect([status, error.code]).toEqual([400, code]);
  expect(error.message).toContain(message);
});

it("refuses what is no JSON", async () => {
  const { status, error } = await put(`${BUS}?api-version=2021-11-01`, "{");
  expect([status, error.code]).toEqual([400, "InvalidRequestContent"]);
});

it("does not answer itself what is not published", () => {
  const query = new URLSearchParams({ "api-version": "2022-10-01" });
  const asked = { method: "GET", url: "", path: WORKSPACE, headers: {}, query, body: Buffer.of() };
  const workspace = { id: WORKSPACE, name: "shop-logs", location, properties: {} };
  checkAnswer(asked, workspace);
  expect(() => checkAnswer(asked, { ...workspace, properties: { sku: "PerGB2018" } })).toThrow(
    "$.properties.sku must be object",
  );
});

async function put(url: string, body: string): Promise<Refused> {
  const server = await ArmServer.start();
  onTestFinished(() => server.close());
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${server.url}${url}`, { method: "PUT", headers, body });
  const { error } = (await answer.json()) as Pick<Refused, "error">; // which every refusal is
  return { status: answer.status, error };
}

interface Refused {
  readonly status: number;
  readonly error: { readonly code: string; readonly message: string };
}
