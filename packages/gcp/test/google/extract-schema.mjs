// Writes schema.json: what the tests' Google accepts, from Google's own protos (Apache-2.0), as the npm package
// google-proto-files ships them: node extract-schema.mjs <folder of google-proto-files>
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

/** The methods that are called or served, by service. */
const METHODS = {
  "google.pubsub.v1.Publisher": [
    "CreateTopic",
    "UpdateTopic",
    "GetTopic",
    "ListTopics",
    "DeleteTopic",
  ],
  "google.pubsub.v1.Subscriber": [
    "CreateSubscription",
    "GetSubscription",
    "UpdateSubscription",
    "ListSubscriptions",
    "DeleteSubscription",
    "ModifyPushConfig",
  ],
  "google.cloud.functions.v2.FunctionService": [
    "GetFunction",
    "ListFunctions",
    "CreateFunction",
    "UpdateFunction",
    "DeleteFunction",
  ],
  "google.cloud.run.v2.Services": ["GetIamPolicy", "SetIamPolicy"],
  "google.iam.admin.v1.IAM": [
    "ListServiceAccounts",
    "GetServiceAccount",
    "CreateServiceAccount",
    "PatchServiceAccount",
    "DeleteServiceAccount",
    "GetIamPolicy",
    "SetIamPolicy",
  ],
  "google.cloud.secretmanager.v1.SecretManagerService": [
    "ListSecrets",
    "CreateSecret",
    "GetSecret",
    "UpdateSecret",
    "DeleteSecret",
    "AddSecretVersion",
    "ListSecretVersions",
    "AccessSecretVersion",
    "SetIamPolicy",
    "GetIamPolicy",
  ],
  "google.logging.v2.LoggingServiceV2": ["ListLogEntries"],
  "google.monitoring.v3.MetricService": ["ListTimeSeries"],
  "google.cloud.resourcemanager.v3.Projects": ["GetProject", "GetIamPolicy", "SetIamPolicy"],
  "google.firestore.admin.v1.FirestoreAdmin": [
    "CreateDatabase",
    "GetDatabase",
    "ListDatabases",
    "DeleteDatabase",
    "ListFields",
    "UpdateField",
  ],
  "google.firestore.v1.Firestore": ["RunQuery"],
  "google.cloud.tasks.v2.CloudTasks": [
    "ListQueues",
    "GetQueue",
    "CreateQueue",
    "UpdateQueue",
    "DeleteQueue",
    "GetIamPolicy",
    "SetIamPolicy",
    "ListTasks",
    "CreateTask",
    "DeleteTask",
  ],
};

/** Mixed in by services whose protos do not say so. */
const MIXED = {
  "google.pubsub.v1.IAMPolicy": {
    host: "pubsub.googleapis.com",
    methods: {
      GetIamPolicy: {
        verb: "GET",
        paths: ["/v1/{resource=projects/*/*/*}:getIamPolicy"],
        request: "google.iam.v1.GetIamPolicyRequest",
      },
      SetIamPolicy: {
        verb: "POST",
        paths: ["/v1/{resource=projects/*/*/*}:setIamPolicy"],
        body: "*",
        request: "google.iam.v1.SetIamPolicyRequest",
      },
    },
  },
  "google.longrunning.Operations": {
    host: "cloudfunctions.googleapis.com",
    methods: {
      GetOperation: {
        verb: "GET",
        paths: ["/v2/{name=projects/*/locations/*/operations/*}"],
        request: "google.longrunning.GetOperationRequest",
      },
    },
  },
  "google.firestore.admin.v1.Operations": {
    host: "firestore.googleapis.com",
    methods: {
      GetOperation: {
        verb: "GET",
        paths: ["/v1/{name=projects/*/databases/*/operations/*}"],
        request: "google.longrunning.GetOperationRequest",
      },
    },
  },
};

/** Written in JSON as texts, and checked as such. */
const WELL_KNOWN = new Set([
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
  "google.protobuf.FieldMask",
  "google.protobuf.Any",
  "google.protobuf.Struct",
  "google.protobuf.Empty",
  "google.protobuf.Int32Value",
  "google.protobuf.DoubleValue",
]);

const [folder] = process.argv.slice(2);
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(folder, target);
await root.load(
  [
    "google/pubsub/v1/pubsub.proto",
    "google/cloud/functions/v2/functions.proto",
    "google/cloud/run/v2/service.proto",
    "google/iam/admin/v1/iam.proto",
    "google/iam/v1/iam_policy.proto",
    "google/cloud/secretmanager/v1/service.proto",
    "google/logging/v2/logging.proto",
    "google/monitoring/v3/metric_service.proto",
    "google/cloud/resourcemanager/v3/projects.proto",
    "google/longrunning/operations.proto",
    "google/firestore/admin/v1/firestore_admin.proto",
    "google/firestore/v1/firestore.proto",
    "google/cloud/tasks/v2/cloudtasks.proto",
  ],
  { keepCase: true, alternateCommentMode: true },
);
root.resolveAll();

const messages = {};
const enums = {};
const services = { ...MIXED };
for (const { methods } of Object.values(MIXED))
  for (const { request } of Object.values(methods)) add(root.lookupType(request));
for (const [name, methods] of Object.entries(METHODS)) {
  const service = root.lookupService(name);
  services[name] = {
    host: service.options["(google.api.default_host)"],
    methods: Object.fromEntries(methods.map((each) => [each, methodOf(service.methods[each])])),
  };
}
const sorted = (value) =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
const text = JSON.stringify(
  { services: sorted(services), messages: sorted(messages), enums: sorted(enums) },
  undefined,
  1,
);
writeFileSync(new URL("./schema.json", import.meta.url), `${text}\n`);

function methodOf(method) {
  method.resolve();
  const rule = method.parsedOptions.find((each) => "(google.api.http)" in each)[
    "(google.api.http)"
  ];
  const more = [rule.additional_bindings ?? []].flat();
  const [verb] = ["get", "put", "post", "patch", "delete"].filter((each) => each in rule);
  add(method.resolvedRequestType);
  return {
    verb: verb.toUpperCase(),
    paths: [rule, ...more].map((each) => each[verb]).filter((path) => path !== undefined),
    ...(rule.body === undefined ? {} : { body: rule.body }),
    request: nameOf(method.resolvedRequestType),
  };
}

function add(type) {
  const name = nameOf(type);
  if (name in messages || WELL_KNOWN.has(name)) return;
  const fields = {};
  messages[name] = fields;
  for (const field of type.fieldsArray) {
    field.resolve();
    const behavior = (field.parsedOptions ?? []).flatMap(
      (each) => each["(google.api.field_behavior)"] ?? [],
    );
    fields[camel(field.name)] = {
      type: field.resolvedType === null ? field.type : nameOf(field.resolvedType),
      ...(field.repeated ? { repeated: true } : {}),
      ...(field.map ? { map: true } : {}),
      ...(behavior.includes("REQUIRED") ? { required: true } : {}),
      ...(behavior.includes("OUTPUT_ONLY") ? { outputOnly: true } : {}),
      ...(behavior.includes("IMMUTABLE") ? { immutable: true } : {}),
    };
    if (field.resolvedType instanceof protobuf.Type) add(field.resolvedType);
    if (field.resolvedType instanceof protobuf.Enum)
      enums[nameOf(field.resolvedType)] = Object.keys(field.resolvedType.values);
  }
}

function camel(name) {
  return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

function nameOf({ fullName }) {
  return fullName.slice(1);
}
