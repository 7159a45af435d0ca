import { randomUUID } from "node:crypto";
import type { Service } from "./google-server.ts";
import { Refused } from "./refused.ts";
import type { Message } from "./schema.ts";
import { checkLabels, type GoogleWorld, masked, type Stored } from "./world.ts";

/** Calls that building takes here. */
const BUILDING = 2;

/** https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions */
export function functionsService(world: GoogleWorld): Service {
  const { functions, operations } = world;
  const FUNCTIONS = "google.cloud.functions.v2.FunctionService";
  const found = (name: unknown) => {
    const one = functions.get(String(name));
    if (one === undefined) throw new Refused(404, "NOT_FOUND", `Resource '${name}' was not found`);
    return one;
  };
  const begin = (name: string, end: () => Promise<object>): Stored => {
    const parent = name.split("/").slice(0, 4).join("/");
    const operation: Stored = {
      name: `${parent}/operations/operation-${randomUUID()}`,
      done: false,
    };
    operations.set(String(operation.name), operation);
    world.later(BUILDING, () => {
      const done = (result: object) =>
        operations.set(String(operation.name), { ...operation, done: true, ...result });
      // Who deployed is told what failed here, and no test beside it: 13 is INTERNAL.
      end().then(done, (error: unknown) => done({ error: { code: 13, message: String(error) } }));
    });
    return operation;
  };
  const idle = (name: string) => {
    const { state } = found(name);
    if (state !== "DEPLOYING" && state !== "DELETING") return;
    throw new Refused(409, "ABORTED", `unable to queue the operation`);
  };
  const deploy = (name: string, next: Stored) => {
    functions.set(name, { ...withExecutionIds(next), state: "DEPLOYING" });
    return begin(name, async () => {
      const function_: Stored = { ...functions.get(name), state: "ACTIVE", stateMessages: [] };
      await world.deployed(name, function_);
      functions.set(name, function_);
      return {
        response: {
          "@type": "type.googleapis.com/google.cloud.functions.v2.Function",
          ...function_,
        },
      };
    });
  };
  return {
    [`${FUNCTIONS}.CreateFunction`]: ({ parent, functionId, function: given }) => {
      const name = `${parent}/functions/${functionId}`;
      if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(String(functionId))) {
        throw Refused.invalid(`Function name ${functionId} is not legal.`);
      }
      const wanted = given as Message; // as the schema has it
      check(wanted, world);
      if (functions.has(name)) throw Refused.taken(name);
      return deploy(name, { ...wanted, name, environment: "GEN_2" });
    },
    [`${FUNCTIONS}.GetFunction`]: ({ name }) => found(name),
    [`${FUNCTIONS}.ListFunctions`]: () => ({ functions: [...functions.values()] }),
    [`${FUNCTIONS}.UpdateFunction`]: ({ function: given, updateMask }) => {
      const wanted = given as Message; // as the schema has it
      const name = String(wanted.name);
      idle(name);
      const next = masked(found(name), wanted, updateMask);
      check(next, world);
      return deploy(name, next);
    },
    [`${FUNCTIONS}.DeleteFunction`]: ({ name }) => {
      idle(String(name));
      functions.set(String(name), { ...found(name), state: "DELETING" });
      return begin(String(name), async () => {
        await world.deployed(String(name), undefined);
        functions.delete(String(name));
        world.policies.delete(String(name).replace("/functions/", "/services/"));
        return { response: { "@type": "type.googleapis.com/google.protobuf.Empty" } };
      });
    },
    "google.longrunning.Operations.GetOperation": ({ name }) => {
      const operation = operations.get(String(name));
      if (operation === undefined) throw Refused.missing(String(name));
      return operation;
    },
  };
}

/** Google sets one variable that the caller did not: https://cloud.google.com/functions/docs/release-notes#June_18_2024 */
function withExecutionIds(function_: Stored): Stored {
  const service = (function_.serviceConfig ?? {}) as Message; // as the schema has it
  const declared = (service.environmentVariables ?? {}) as Message;
  const environmentVariables = { LOG_EXECUTION_ID: "true", ...declared };
  return { ...function_, serviceConfig: { ...service, environmentVariables } };
}

function check(wanted: Message, world: GoogleWorld): void {
  checkLabels(wanted.labels);
  // Each is what the schema says it is.
  const build = (wanted.buildConfig ?? {}) as Message;
  const service = (wanted.serviceConfig ?? {}) as Message;
  if (!/^nodejs(20|22|24)$/.test(String(build.runtime)))
    throw Refused.invalid(`The runtime ${build.runtime} is not supported.`);
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(String(build.entryPoint)))
    throw Refused.invalid("The entry point is not legal.");
  const { storageSource } = (build.source ?? {}) as { storageSource?: Message };
  const object = `${storageSource?.bucket}/${storageSource?.object}`;
  if (!world.objects.has(object))
    throw Refused.invalid(`Cloud Storage object gs://${object} does not exist.`);
  world.requireAccount(String(service.serviceAccountEmail));
  if (!/^\d+(k|K|M|G|Mi|Gi|Ki)$/.test(String(service.availableMemory)))
    throw Refused.invalid("The memory is not legal.");
  const requests = Number(service.maxInstanceRequestConcurrency ?? 1);
  const processors = Number(service.availableCpu ?? 0);
  if (requests > 1 && processors < 1) {
    throw Refused.invalid(
      "Invalid value specified for container concurrency. Must be 1 for less than 1 CPU.",
    );
  }
  if (requests < 1 || requests > 1_000)
    throw Refused.invalid("The request concurrency is not between 1 and 1000.");
  const timeout = Number(service.timeoutSeconds ?? 60);
  if (timeout < 1 || timeout > 3_600)
    throw Refused.invalid("The timeout is not between 1 and 3600 seconds.");
  const variables = Object.keys((service.environmentVariables ?? {}) as Message);
  const reserved = variables.find((name) => /^(X_GOOGLE_|K_SERVICE$|PORT$)/.test(name));
  if (reserved !== undefined)
    throw Refused.invalid(`The environment variable ${reserved} is reserved.`);
}
