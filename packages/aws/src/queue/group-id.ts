import { createHash } from "node:crypto";
import { escapeForeign } from "./body.ts";

/**
 * What SQS takes as a group: 1 to 128 letters, digits and punctuation of ASCII, no space.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 * Without a keyword of EventBridge Scheduler, as of a body.
 */
const TAKEN = /^(?!.*<aws\.scheduler\.)[!-~]{1,128}$/;

/** A group as SQS carries it. */
export interface CarriedGroup {
  readonly id: string;
  /** The group itself, as the text of an attribute, where the id is another. */
  readonly attribute?: string | undefined;
}

/** Equal groups have equal ids, others have others. */
export function carriedGroup(group: string): CarriedGroup {
  if (TAKEN.test(group)) return { id: group };
  const id = `alien-${createHash("sha256").update(group, "utf8").digest("hex")}`;
  return { id, attribute: groupText(group) };
}

/** Any group as the text of an attribute. */
export function groupText(group: string): string {
  return escapeForeign(JSON.stringify(group));
}

/** The group as it was given; where a foreign producer wrote the attribute it may be anything, and is not looked at. */
export function givenGroup({ id, attribute }: CarriedGroup): string {
  try {
    const group: unknown = attribute === undefined ? id : JSON.parse(attribute);
    return typeof group === "string" ? group : id;
  } catch {
    return id; // one message must not keep back those that came with it
  }
}
