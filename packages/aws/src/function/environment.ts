import { describedFunction, queuesOf } from "@alienplatform/bindings/declared";
import { environmentName } from "@alienplatform/core";
import { type Consumer, type Json, jsonText, secretsOf } from "@alienplatform/deploy";
import type { AwsStack } from "../aws-stack.ts";
import { secretName } from "../names.ts";
import { loweredBinding } from "../queue/lowered-binding.ts";

const SOURCE_MAPS = "--enable-source-maps";

/** The variables of a function: what it is, the bindings of its queues, where its secrets are, and the author's own. */
export function environmentOf(consumer: Consumer, stack: AwsStack): Readonly<Record<string, Json>> {
  const own = consumer.type === "function" ? consumer.environment : {};
  const secrets = secretsOf(consumer).map((variable) => [
    variable,
    secretName(stack.place, variable),
  ]);
  return {
    ...own,
    NODE_OPTIONS: withSourceMaps(own.NODE_OPTIONS),
    ALIEN_FUNCTION: JSON.stringify(describedFunction(consumer)),
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
