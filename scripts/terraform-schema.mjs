// Writes packages/aws/test/export/terraform-schema.json, or that of gcp or azure: what the provider hashicorp/aws,
// hashicorp/google or hashicorp/azurerm says of the resources that an export to Terraform has. Its schema is in no package
// of npm; what is generated from it is, and says the same of names, types and what is required.
//
//   npm pack @cdktn/provider-aws@25.7.0 && tar xzf cdktn-provider-aws-*.tgz
//   node scripts/terraform-schema.mjs package
//   npx biome format --write packages/aws/test/export
//
// and the same with @cdktf/provider-google@16.12.1 and @cdktn/provider-azurerm@16.1.0.
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
  "scheduler-schedule-group",
  "sqs-queue",
  "ssm-parameter",
];

const GOOGLE_RESOURCES = [
  "cloud-run-v2-service-iam-binding",
  "cloud-tasks-queue",
  "cloud-tasks-queue-iam-member",
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
  "service-account-iam-member",
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
  const own = code.slice(code.search(/^class \w+ extends \w+\.TerraformResource/m));
  resources[type] = settingsOf(code, code.indexOf("synthesizeHclAttributes()"), own);
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

/** The settings that are listed after a place in the code, those of nested blocks included; `own` is their class. */
function settingsOf(code, from, own) {
  const list = code.slice(from, code.indexOf("};", from));
  const found = {};
  for (const [, name, value, isBlock, kind, stored] of list.matchAll(
    /(\w+): \{\s+value: (.*),\s+isBlock: (\w+),\s+type: "(\w+)",\s+storageClassType: "(\w+)"/g,
  )) {
    const mode = modeOf(own, name);
    if (isBlock === "false") {
      const type = kind === "simple" ? stored : kind;
      found[name] = { type: (isGoogle || isAzure) && type === "set" ? "list" : type, ...mode };
      continue;
    }
    const [writer] = /\w+ToHclTerraform/.exec(value);
    const at = code.indexOf(`function ${writer}(`);
    // The block's class follows it, and after that the next block's first function, or the resource's class.
    const [its = ""] = code.slice(at).split(/\n(?=function |class \w+ extends \w+\.Terraform)/, 1);
    found[name] = { type: "block", ...mode, settings: settingsOf(code, at, its) };
  }
  return found;
}

/** Said in a comment before each getter of a block's class, or the resource's. */
function modeOf(own, name) {
  const said = new RegExp(`// ${name} - computed: \\w+, optional: \\w+, required: (\\w+)`).exec(
    own,
  );
  if (said !== null) return said[1] === "true" ? { required: true } : {};
  // Older packages say nothing of what is required; what can be taken away again has a method for it.
  const camel = name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const reset = `reset${camel.charAt(0).toUpperCase()}${camel.slice(1)}()`;
  return own.includes(`set ${camel}(`) && !own.includes(reset) ? { required: true } : {};
}

function sorted(value) {
  if (typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]));
}
