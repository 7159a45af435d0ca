// Writes packages/aws/test/export/terraform-schema.json, or that of gcp or azure: what the provider hashicorp/aws,
// hashicorp/google or hashicorp/azurerm says of the resources that an export to Terraform has. Its schema is in no package of npm; what is
// generated from it is, and says the same of names, types and what is required.
//
//   npm pack @cdktn/provider-aws && tar xzf cdktn-provider-aws-*.tgz
//   node scripts/terraform-schema.mjs package
//
// and the same with @cdktf/provider-google and @cdktn/provider-azurerm.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const RESOURCES = [
  "cloudwatch-log-group",
  "dynamodb-table",
  "iam-role",
  "iam-role-policy",
  "lambda-event-source-mapping",
  "lambda-function",
  "lambda-function-url",
  "lambda-permission",
  "sqs-queue",
  "ssm-parameter",
];

const GOOGLE_RESOURCES = [
  "cloud-run-v2-service-iam-binding",
  "cloudfunctions2-function",
  "firestore-database",
  "firestore-field",
  "project-iam-member",
  "pubsub-subscription",
  "pubsub-subscription-iam-member",
  "pubsub-topic",
  "pubsub-topic-iam-member",
  "secret-manager-secret",
  "secret-manager-secret-iam-member",
  "secret-manager-secret-version",
  "service-account",
  "storage-bucket",
  "storage-bucket-object",
];

const AZURE_RESOURCES = [
  "application-insights",
  "function-app-flex-consumption",
  "key-vault",
  "key-vault-secret",
  "log-analytics-workspace",
  "resource-group",
  "role-assignment",
  "service-plan",
  "servicebus-namespace",
  "servicebus-queue",
  "storage-account",
  "storage-container",
  "storage-table",
  "user-assigned-identity",
];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node scripts/terraform-schema.mjs <the unpacked package>");
  process.exit(2);
}

const resources = {};
let provider;
const isGoogle = existsSync(resolve(folder, "lib/pubsub-topic"));
const isAzure = existsSync(resolve(folder, "lib/servicebus-queue"));
for (const name of isGoogle ? GOOGLE_RESOURCES : isAzure ? AZURE_RESOURCES : RESOURCES) {
  const code = readFileSync(resolve(folder, "lib", name, "index.js"), "utf8");
  const [, type] = /tfResourceType = "(\w+)"/.exec(code) ?? [];
  provider ??=
    /registry\.terraform\.io\/providers\/hashicorp\/(?:aws|azurerm|google)\/([\d.]+)\//.exec(
      code,
    )?.[1];
  resources[type] = settingsOf(code, code.indexOf("synthesizeHclAttributes()"), type);
}
const [platform, vendor] = isGoogle
  ? ["gcp", "google"]
  : isAzure
    ? ["azure", "azurerm"]
    : ["aws", "aws"];
const file = resolve(
  import.meta.dirname,
  `../packages/${platform}/test/export/terraform-schema.json`,
);
writeFileSync(
  file,
  `${JSON.stringify({ provider: `hashicorp/${vendor} ${provider}`, resources: isGoogle || isAzure ? sorted(resources) : resources }, undefined, 1)}\n`,
);

/** The settings that are listed after a place in the code, those of nested blocks included. */
function settingsOf(code, from, resource) {
  const list = code.slice(from, code.indexOf("};", from));
  const found = {};
  for (const [, name, value, isBlock, kind, stored] of list.matchAll(
    /(\w+): \{\s+value: (.*),\s+isBlock: (\w+),\s+type: "(\w+)",\s+storageClassType: "(\w+)"/g,
  )) {
    const mode = modeOf(code, name);
    if (isBlock === "false") {
      const type = kind === "simple" ? stored : kind;
      found[name] = { type: (isGoogle || isAzure) && type === "set" ? "list" : type, ...mode };
      continue;
    }
    const [writer] = /\w+ToHclTerraform/.exec(value);
    const at = code.indexOf(`function ${writer}(`);
    found[name] = { type: "block", ...mode, settings: settingsOf(code, at, resource) };
  }
  return found;
}

/** Said in a comment before each getter; of one name in several blocks the last is the resource's own. */
function modeOf(code, name) {
  const said = [
    ...code.matchAll(
      new RegExp(`// ${name} - computed: \\w+, optional: (\\w+), required: (\\w+)`, "g"),
    ),
  ].at(-1);
  if (said !== undefined) return said[2] === "true" ? { required: true } : {};
  // Older packages say nothing of what is required; what can be taken away again has a method for it.
  const camel = name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const reset = `reset${camel.charAt(0).toUpperCase()}${camel.slice(1)}()`;
  return code.includes(`set ${camel}(`) && !code.includes(reset) ? { required: true } : {};
}

function sorted(value) {
  if (typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]));
}
