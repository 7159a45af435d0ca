import type { InvocationContext } from "../../src/function/trigger-event.ts";

/**
 * What the Functions host hands to a Node function for one message that Azure's portal has sent: names and types as
 * the host's Service Bus extension 5 documents them, in the camel case and with the texts read as JSON of Microsoft's
 * own library for Node. https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger
 */
export const single: InvocationContext = {
  functionName: "worker-tasks",
  triggerMetadata: {
    messageReceiver: { path: "tasks", prefetchCount: 0 },
    client: { fullyQualifiedNamespace: "contoso.servicebus.windows.net" },
    deliveryCount: 1,
    deadLetterSource: null,
    lockToken: "7c0bb4c8-5c3c-4a2f-9ff4-0cf1a1b4c3b5",
    expiresAtUtc: "2030-01-15T00:00:00Z",
    enqueuedTimeUtc: "2030-01-01T00:00:05.391Z",
    messageId: "96c8b2c0c9bd4bd5a0e5b2b3a3d8a3f4",
    contentType: "text/plain",
    replyTo: null,
    sequenceNumber: 14,
    to: null,
    subject: null,
    label: null,
    correlationId: null,
    partitionKey: null,
    sessionId: null,
    replyToSessionId: null,
    applicationProperties: { source: "portal" },
    userProperties: { source: "portal" },
    sys: { methodName: "worker-tasks", utcNow: "2030-01-01T00:00:05.4Z", randGuid: "4b1…" },
  },
};

/** The same for two messages of cardinality "many", in two sessions of which one is a number. */
export const batch: InvocationContext = {
  functionName: "worker-tasks",
  triggerMetadata: {
    deliveryCountArray: [1, 3],
    deadLetterSourceArray: ["", ""],
    lockTokenArray: [
      "7c0bb4c8-5c3c-4a2f-9ff4-0cf1a1b4c3b5",
      "0b0d3e2f-33a4-4b4b-8a3a-3e8f0c8f6b11",
    ],
    enqueuedTimeUtcArray: ["2030-01-01T00:00:05.391Z", "2030-01-01T00:00:06Z"],
    messageIdArray: ["96c8b2c0c9bd4bd5a0e5b2b3a3d8a3f4", 42],
    sequenceNumberArray: [14, 15],
    sessionIdArray: ["acme", 7],
    applicationPropertiesArray: [{ source: "portal" }, {}],
  },
};
