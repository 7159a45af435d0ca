import { type Refusal, sharedNames } from "@alienplatform/bindings/declared";
import type { Consumer, FunctionCode } from "@alienplatform/deploy";
import type { AzurePart } from "./azure-part.ts";
import type { AzureStack } from "./azure-place.ts";
import { INSTANCE_SIZES, memoryOf } from "./function/settings.ts";

type Found = Omit<Refusal, "platform">;

const LARGEST_INSTANCE = INSTANCE_SIZES[2];
const MiB = 1024 * 1024;
/** Of a package: https://learn.microsoft.com/azure/azure-functions/functions-scale#service-limits */
const LARGEST_CODE = 1_024 * MiB;
/** Says https://learn.microsoft.com/azure/app-service/reference-app-settings; "." is in some of Azure's own. */
const NAME = /^[A-Za-z0-9_.]+$/;
const RESERVED =
  /^(AzureWebJobs|AzureFunctionsJobHost__|APPLICATIONINSIGHTS_|FUNCTIONS_|WEBSITE_|AZURE_CLIENT_ID$|languageWorkers__)/i;

/** What of a stack is beyond a limit of Azure's own, beside what the capabilities say. */
export function overLimits(
  stack: AzureStack,
  parts: readonly AzurePart[],
  code: FunctionCode,
): readonly Refusal[] {
  return [
    ...stack.functions().flatMap((each) => [...functionProblems(each, code)]),
    // Azure does not tell cases apart.
    ...sharedNames(parts, ({ name }) => name.toLowerCase()),
  ].map((found) => ({ platform: "azure", ...found }));
}

function* functionProblems(consumer: Consumer, code: FunctionCode): Generator<Found> {
  const { id } = consumer;
  const mib = memoryOf(consumer);
  if (mib > LARGEST_INSTANCE) {
    yield {
      resource: id,
      path: "memory",
      problem: `function "${id}" has ${mib} MiB of memory; an instance of Flex Consumption has ${INSTANCE_SIZES.join(", ")}`,
      fix: `Declare .memory("${LARGEST_INSTANCE}MiB").`,
    };
  }
  const { bytes = 0 } = code[id] ?? {};
  if (bytes > LARGEST_CODE) {
    yield {
      resource: id,
      path: "code",
      problem: `the zipped code of "${id}" is ${(bytes / MiB).toFixed(1)} MiB; Azure Functions takes ${LARGEST_CODE / MiB}`,
      fix: "Import less: data belongs in storage, and is read from there.",
    };
  }
  const names = consumer.type === "function" ? Object.keys(consumer.environment) : [];
  for (const name of names) {
    const reserved = RESERVED.test(name);
    if (!reserved && NAME.test(name)) continue;
    yield {
      resource: id,
      path: `environment.${name}`,
      problem: reserved
        ? `function "${id}" sets ${name}, which Azure Functions or deploy sets itself`
        : `function "${id}" sets ${name}; on Linux Azure Functions takes letters, digits, "_" and "."`,
      fix: "Give the variable another name.",
    };
  }
}
