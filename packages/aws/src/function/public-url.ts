import type { FunctionUrlConfig } from "../part-configs.ts";

/**
 * A function's URL that anybody may call; since October 2025 it takes both permissions.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export const PUBLIC_URL: Omit<FunctionUrlConfig, "functionName"> = {
  authType: "NONE",
  invokeMode: "BUFFERED",
  permissions: [
    {
      statementId: "AlienUrl",
      action: "lambda:InvokeFunctionUrl",
      principal: "*",
      functionUrlAuthType: "NONE",
    },
    {
      statementId: "AlienUrlInvoke",
      action: "lambda:InvokeFunction",
      principal: "*",
      invokedViaFunctionUrl: true,
    },
  ],
};
