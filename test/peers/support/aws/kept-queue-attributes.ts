import { type Fields, type Layer, rewritten } from "./aws-answer.ts";
import { type AwsCall, withInput } from "./aws-call.ts";

/**
 * Keeps attributes of queues that an emulator does not know, and leaves them out of what that gets. RedriveAllowPolicy:
 * moto takes it, forgets it, and fails where it is asked for by name; fauxqs refuses it, and SqsManagedSseEnabled.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function keptQueueAttributes(names: readonly string[]): Layer {
  const kept = new Map<string, Map<string, string>>();
  return async (call, pass) => {
    if (call.service !== "sqs") return pass(call);
    const { region, input } = call;
    const keyOf = (url: unknown) => `${region} ${url}`;
    const asked = Object.entries((input.Attributes ?? {}) as Fields); // SQS takes an object
    const own = asked.filter(([name]) => names.includes(name));
    const keep = (url: unknown) => {
      const attributes = kept.get(keyOf(url)) ?? new Map<string, string>();
      kept.set(keyOf(url), attributes);
      for (const [name, value] of own) {
        // An empty text takes it away.
        if (value === "") attributes.delete(name);
        else attributes.set(name, String(value));
      }
    };
    switch (call.action) {
      case "CreateQueue":
        return rewritten(await pass(without(call, names)), (fields) => {
          keep(fields.QueueUrl);
          return fields;
        });
      case "SetQueueAttributes":
        return rewritten(await pass(without(call, names)), (fields) => {
          keep(input.QueueUrl);
          return fields;
        });
      case "DeleteQueue":
        return rewritten(await pass(call), (fields) => {
          kept.delete(keyOf(input.QueueUrl));
          return fields;
        });
      case "GetQueueAttributes": {
        const wanted = (input.AttributeNames ?? []) as readonly string[]; // SQS takes a list
        const AttributeNames = wanted.filter((name) => !names.includes(name));
        const answer = await pass(withInput(call, { ...input, AttributeNames }));
        const known = [...(kept.get(keyOf(input.QueueUrl)) ?? [])].filter(
          ([name]) => wanted.includes("All") || wanted.includes(name),
        );
        if (known.length === 0) return answer;
        return rewritten(answer, (fields) => ({
          ...fields,
          Attributes: { ...(fields.Attributes as Fields), ...Object.fromEntries(known) }, // an object, if there is one
        }));
      }
      default:
        return pass(call);
    }
  };
}

function without(call: AwsCall, names: readonly string[]): AwsCall {
  const { Attributes } = call.input;
  if (Attributes === undefined) return call;
  const rest = Object.entries(Attributes as Fields).filter(([name]) => !names.includes(name)); // SQS takes an object
  return withInput(call, { ...call.input, Attributes: Object.fromEntries(rest) });
}
