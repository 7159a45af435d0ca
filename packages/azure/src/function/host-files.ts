/** What the host of a function app wants beside the bundle. */
export const hostFiles: Readonly<Record<string, string>> = {
  // Which file is the app's, and that it is a module.
  "package.json": written({ type: "module", main: "index.mjs" }),
  // https://learn.microsoft.com/azure/azure-functions/functions-host-json; what differs between apps is in their settings.
  "host.json": written({
    version: "2.0",
    // Brings the trigger of Service Bus.
    extensionBundle: {
      id: "Microsoft.Azure.Functions.ExtensionBundle",
      version: "[4.0.0, 5.0.0)",
    },
    extensions: {
      // Requests arrive as they were made, and not under "api".
      http: { routePrefix: "" },
      serviceBus: { autoCompleteMessages: true, maxConcurrentCallsPerSession: 1 },
    },
    // `alien logs` shows what was written, and not a part of it.
    logging: { applicationInsights: { samplingSettings: { isEnabled: false } } },
  }),
};

function written(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
