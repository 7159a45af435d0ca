import { describedFunction, queuesOf } from "@alienplatform/bindings/declared";
import { environmentName } from "@alienplatform/core";
import { type Consumer, type Json, jsonText, secretsOf } from "@alienplatform/deploy";
import type { GcpStack } from "../gcp-stack.ts";
import { secretName } from "../names.ts";
import { loweredBinding } from "../queue/lowered-binding.ts";
import { pushTarget } from "./push-target.ts";

const SOURCE_MAPS = "--enable-source-maps";

/** The variables of a function: what it is, who may push to it, its queues, where its secrets are, and the author's own. */
export function environmentOf(consumer: Consumer, stack: GcpStack): Readonly<Record<string, Json>> {
  const { place } = stack;
  const own = consumer.type === "function" ? consumer.environment : {};
  const secrets = secretsOf(consumer).map((variable) => [
    variable,
    `projects/${place.project}/secrets/${secretName(place, variable)}`,
  ]);
  const { audience, serviceAccount } = pushTarget(consumer, place);
  return {
    ...own,
    NODE_OPTIONS: withSourceMaps(own.NODE_OPTIONS),
    ALIEN_FUNCTION: JSON.stringify(describedFunction(consumer)),
    ALIEN_PUSH_AUDIENCE: audience,
    ALIEN_PUSH_SERVICE_ACCOUNT: serviceAccount,
    ...(secrets.length === 0 ? {} : { ALIEN_SECRETS: JSON.stringify(Object.fromEntries(secrets)) }),
    ...Object.fromEntries(
      queuesOf(consumer).map((id) => [
        environmentName(id),
        jsonText(loweredBinding(stack.queue(id), stack)),
      ]),
    ),
  };
}

function withSourceMaps(options: string | undefined): string {
  return options === undefined || options.includes(SOURCE_MAPS)
    ? (options ?? SOURCE_MAPS)
    : `${options} ${SOURCE_MAPS}`;
}
