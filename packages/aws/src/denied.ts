import { AlienError } from "@alienplatform/core";
import type { SqsFault } from "./errors.ts";

const NAMES = [
  "AccessDenied",
  "AccessDeniedException",
  "KMSAccessDeniedException",
  "NotAuthorized",
  "UnauthorizedOperation",
];

/**
 * The words in which AWS refuses: "User: arn is not authorized to perform: sqs:CreateQueue on resource: arn because no
 * identity-based policy allows the sqs:CreateQueue action". More may follow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const WHO = /User: (\S+) is not authorized/;
const WHAT = /not authorized to perform: ([\w-]+:\w+)(?: on (?:the )?resource: "?([^\s"]+)"?)?/;
const EXPLICIT = /with an explicit deny in (?:an? )?([^:.]+)/;
const NOT_ALLOWED =
  /because no (permissions boundary|session policy|service control policy|resource control policy|VPC endpoint policy) allows/;

/** The error of a call that this identity may not make, with the line that would let it; undefined where it is another one. */
export function deniedError(fault: SqsFault, doing: string): AlienError | undefined {
  const { name, message = "", status, cause } = fault;
  const [, action, resource] = WHAT.exec(message) ?? [];
  // A load balancer's page says nothing but 403.
  if (
    !NAMES.includes(name) &&
    action === undefined &&
    !(name === "SyntaxError" && status === 403)
  ) {
    return undefined;
  }
  const who = WHO.exec(message)?.[1];
  return new AlienError(
    "PERMISSION_DENIED",
    `${doing} failed: ${message === "" ? name : message}`,
    {
      fix: fixOf(message, who ?? "this identity", action, resource),
      details: {
        service: "AWS",
        error: name,
        ...(who === undefined ? {} : { identity: who }),
        ...(action === undefined ? {} : { action }),
        ...(resource === undefined ? {} : { resource }),
      },
      cause,
    },
  );
}

function fixOf(message: string, who: string, action?: string, resource?: string): string {
  const denying = EXPLICIT.exec(message)?.[1] ?? NOT_ALLOWED.exec(message)?.[1];
  if (denying !== undefined) {
    return `Ask who keeps the ${denying} of ${who} to allow ${action ?? "this action"}: it goes before all other policies.`;
  }
  if (action === undefined)
    return `Grant ${who} the action that the message names, on this resource.`;
  const statement = { Effect: "Allow", Action: action, Resource: resource ?? "*" };
  return `Add to a policy of ${who}: ${JSON.stringify(statement)}`;
}
