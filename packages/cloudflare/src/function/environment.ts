import { describedFunction, queuesOf } from "@alienplatform/bindings/declared";
import { environmentName } from "@alienplatform/core";
import { type Consumer, type Json, ref, secretsOf } from "@alienplatform/deploy";
import type { CloudflareStack } from "../cloudflare-stack.ts";
import { workerBinding } from "../queue/lowered-binding.ts";
import { deadLettersPartId, queuePartId } from "../queue/parts.ts";
import { deadLettersVariable, queueVariable } from "../queue/variables.ts";
import { STATE_PART, STATE_VARIABLE } from "../table/parts.ts";

/** The variables of a Worker: what it is, the bindings of its queues, the names of its secrets, and the author's own. */
export function environmentOf(
  consumer: Consumer,
  stack: CloudflareStack,
): Readonly<Record<string, string>> {
  const own = consumer.type === "function" ? consumer.environment : {};
  const secrets = secretsOf(consumer);
  return {
    ...own,
    ALIEN_FUNCTION: JSON.stringify(describedFunction(consumer)),
    ...(secrets.length === 0 ? {} : { ALIEN_SECRETS: JSON.stringify(secrets) }),
    ...Object.fromEntries(
      queuesOf(consumer).map((id) => [
        environmentName(id),
        JSON.stringify(workerBinding(stack.queue(id))),
      ]),
    ),
  };
}

/**
 * The queues that a Worker may send to, by their names in `env`. Cloudflare has one right on a queue, to send, and a Worker
 * has it where it has the binding: a consumer on its dead letters, which are copies, and on its queue, for what it puts off.
 */
export function queuesBound(
  consumer: Consumer,
  stack: CloudflareStack,
): Readonly<Record<string, Json>> {
  const links = consumer.type === "function" ? consumer.links : [];
  const own = (id: string) => [queueVariable(id), ref(queuePartId(id), "name")] as const;
  const dead = (id: string) =>
    [deadLettersVariable(id), ref(deadLettersPartId(stack.queue(id)), "name")] as const;
  return Object.fromEntries([
    ...consumer.triggers.flatMap(({ queue }) => [own(queue), dead(queue)]),
    ...links.map(({ resource }) => own(resource)),
    // What counts a queue counts its dead letters too.
    ...links.flatMap(({ resource, right }) => (right === "operate" ? [dead(resource)] : [])),
  ]);
}

/** The databases of a Worker, by their names in `env`: the state table of the stage, where it has a queue. */
export function databasesBound(consumer: Consumer): Readonly<Record<string, Json>> {
  return queuesOf(consumer).length === 0 ? {} : { [STATE_VARIABLE]: ref(STATE_PART, "id") };
}
