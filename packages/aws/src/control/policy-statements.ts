import type { Json } from "@alienplatform/deploy";
import type { PolicyDocument } from "../part-configs.ts";

/** One statement without its Sid. */
export type Statement = { readonly [key: string]: Json | undefined };

/**
 * The statements of a policy by their Sids, since their order says nothing and a plan that prints one statement is read;
 * those without one by their position. IAM answers documents as URI-encoded JSON, Lambda as plain JSON.
 */
export function statementsOf(
  policy: PolicyDocument | string | undefined,
): Readonly<Record<string, Statement>> {
  if (policy === undefined) return {};
  const statements = typeof policy === "string" ? parse(policy) : policy.Statement;
  return Object.fromEntries(
    statements.map((statement, index) => {
      const { Sid, ...rest } = statement;
      return [typeof Sid === "string" ? Sid : `statement ${index + 1}`, rest];
    }),
  );
}

/** Whoever changed it may have written one statement where a list is the rule. */
function parse(text: string): readonly Statement[] {
  const json = text.startsWith("%") ? decodeURIComponent(text) : text;
  // A policy that AWS has taken is a JSON document with statements.
  const { Statement } = JSON.parse(json) as { readonly Statement: Statement | Statement[] };
  return Array.isArray(Statement) ? Statement : [Statement];
}
