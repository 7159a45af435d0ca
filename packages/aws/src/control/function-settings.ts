import type { Settings } from "@alienplatform/deploy";
import type {
  FunctionConfiguration,
  UpdateFunctionConfigurationRequest,
} from "@aws-sdk/client-lambda";
import type { LambdaFunctionConfig } from "../part-configs.ts";

/** The settings of a function but for its environment, by their names in the config. */
export type FunctionSettings = Settings;

/** What Lambda tells of a function. */
export function functionSettings(
  configuration: FunctionConfiguration,
  reservedConcurrency: number | undefined,
): FunctionSettings {
  const { Description, Role, Runtime, Architectures, Handler, CodeSha256, MemorySize, Timeout } =
    configuration;
  return {
    description: Description ?? "",
    role: Role,
    runtime: Runtime,
    architecture: Architectures?.[0],
    handler: Handler,
    // Of the zip file, in base64.
    "code.sha256": Buffer.from(CodeSha256 ?? "", "base64").toString("hex"),
    memorySize: MemorySize,
    timeout: Timeout,
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
  };
}

/** What both the call that makes a function and the one that configures it take. */
export function configurationOf(config: LambdaFunctionConfig): Omit<
  UpdateFunctionConfigurationRequest,
  "FunctionName" | "Runtime"
> & {
  Role: string;
  Runtime: NonNullable<UpdateFunctionConfigurationRequest["Runtime"]>;
} {
  const { description, role, runtime, handler, memorySize, timeout, environment } = config;
  return {
    Description: description,
    Role: role,
    // Plan offers those that Lambda has.
    Runtime: runtime as NonNullable<UpdateFunctionConfigurationRequest["Runtime"]>,
    Handler: handler,
    MemorySize: memorySize,
    Timeout: timeout,
    Environment: { Variables: { ...environment } },
  };
}
