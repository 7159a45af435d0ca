import type { Consumer, DeclaredStack } from "./declared-stack.ts";

const SIGNING = "ALIEN_SIGNING_SECRET";

/** The variables of a function whose values are secrets: the declared ones, and what requests are signed with. */
export function secretsOf(consumer: Consumer): readonly string[] {
  const declared = consumer.type === "function" ? consumer.secrets : [];
  return signs(consumer) ? [...declared, SIGNING] : declared;
}

/** The address of a secret among the parts. */
export function secretPartId(variable: string): string {
  return `secret/${variable}`;
}

/** Whether nobody has to set it: it only has to be unguessable. */
export function isGenerated(variable: string): boolean {
  return variable === SIGNING;
}

/** Every secret of the stack with the function that first asks for it. */
export function secretsOfStack(stack: DeclaredStack<unknown>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const consumer of stack.functions()) {
    for (const variable of secretsOf(consumer)) {
      if (!found.has(variable)) found.set(variable, consumer.id);
    }
  }
  return found;
}

/** Messages are posted to an endpoint, and to a function with HTTP that has no handler for them. */
function signs(consumer: Consumer): boolean {
  return consumer.type === "endpoint" || (consumer.http && consumer.triggers.length > 0);
}
