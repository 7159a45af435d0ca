import { describedFunction, queuesOf } from "@alienplatform/bindings/declared";
import { environmentName } from "@alienplatform/core";
import { type Consumer, type Json, join, jsonText, ref, secretsOf } from "@alienplatform/deploy";
import type { AzureStack } from "../azure-place.ts";
import { secretName } from "../names.ts";
import { loweredBinding } from "../queue/lowered-binding.ts";
import { LOGS, NAMESPACE, VAULT } from "../stage-parts.ts";
import { CONNECTION } from "./connection.ts";
import { scalingOf, timeoutOf } from "./settings.ts";

const SOURCE_MAPS = "--enable-source-maps";
const HOST = "AzureFunctionsJobHost__";
const SERVICE_BUS = `${HOST}extensions__serviceBus__`;

/** The settings of a function's app: what it is, the bindings of its queues, where its secrets are, and the author's own. */
export function settingsOf(
  consumer: Consumer,
  stack: AzureStack,
  functionPart: string,
): Readonly<Record<string, Json>> {
  const own = consumer.type === "function" ? consumer.environment : {};
  const secrets = secretsOf(consumer).map((variable) => [
    variable,
    join(ref(VAULT, "uri"), `secrets/${secretName(variable)}`),
  ]);
  return {
    ...own,
    // Node's own: the worker hands it on. https://learn.microsoft.com/azure/azure-functions/functions-app-settings#languageworkers__node__arguments
    languageWorkers__node__arguments: SOURCE_MAPS,
    ALIEN_FUNCTION: JSON.stringify(describedFunction(consumer)),
    ...(secrets.length === 0 ? {} : { ALIEN_SECRETS: jsonText(Object.fromEntries(secrets)) }),
    ...Object.fromEntries(
      queuesOf(consumer).map((id) => [
        environmentName(id),
        jsonText(loweredBinding(stack.queue(id), stack)),
      ]),
    ),
    ...identitySettings(functionPart),
    ...(consumer.triggers.length === 0 ? {} : triggerSettings(consumer, stack, functionPart)),
  };
}

/** Who it is, for its own code, its host's storage and its logs; no connection string anywhere. */
function identitySettings(functionPart: string): Readonly<Record<string, Json>> {
  const clientId = ref(`${functionPart}/identity`, "clientId");
  return {
    AZURE_CLIENT_ID: clientId,
    AzureWebJobsStorage__accountName: ref(`${functionPart}/storage`, "name"),
    AzureWebJobsStorage__credential: "managedidentity",
    AzureWebJobsStorage__clientId: clientId,
    APPLICATIONINSIGHTS_CONNECTION_STRING: ref(LOGS, "connection"),
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: join("ClientId=", clientId, ";Authorization=AAD"),
  };
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus and its host.json */
function triggerSettings(
  consumer: Consumer,
  stack: AzureStack,
  functionPart: string,
): Readonly<Record<string, Json>> {
  const concurrencies = consumer.triggers.map(({ queue }) => stack.queue(queue).concurrency);
  const { calls } = scalingOf(concurrencies);
  const timeout = timeSpan(timeoutOf(consumer));
  return {
    [`${CONNECTION}__fullyQualifiedNamespace`]: ref(NAMESPACE, "host"),
    [`${CONNECTION}__credential`]: "managedidentity",
    [`${CONNECTION}__clientId`]: ref(`${functionPart}/identity`, "clientId"),
    [`${HOST}functionTimeout`]: timeout,
    [`${SERVICE_BUS}maxConcurrentCalls`]: String(calls),
    [`${SERVICE_BUS}maxConcurrentSessions`]: String(calls),
    // The lock is renewed as long as a handler may run.
    [`${SERVICE_BUS}maxAutoLockRenewalDuration`]: timeout,
  };
}

/** "hh:mm:ss", as .NET reads it; with days where there are some. */
function timeSpan(seconds: number): string {
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400];
  const pieces = [Math.floor(rest / 3_600), Math.floor(rest / 60) % 60, rest % 60];
  const clock = pieces.map((piece) => String(piece).padStart(2, "0")).join(":");
  return days === 0 ? clock : `${days}.${clock}`;
}
