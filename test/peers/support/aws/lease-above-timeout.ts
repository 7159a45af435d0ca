import { type Fields, type Layer, refusal } from "./aws-answer.ts";
import type { AwsCall } from "./aws-call.ts";
import { functionName } from "./lambda-route.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const VISIBILITY = 30;
/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const TIMEOUT = 3;

/**
 * Lambda maps no queue to a function that may run longer than the queue lends a message, which moto does not mind. What a
 * mapping has already may be set as one likes. https://github.com/winglang/wing/issues/1507
 */
export function leaseAboveTimeout(): Layer {
  const [visibility, timeouts] = [new Map<string, number>(), new Map<string, number>()];
  const ends = new Map<string, { readonly queue: string; readonly name: string }>();
  const key = ({ region }: AwsCall, name: string) => `${region} ${name}`;

  const refused = (call: AwsCall, { queue, name }: { queue: string; name: string }) => {
    const seconds = visibility.get(key(call, queue));
    const timeout = timeouts.get(key(call, name));
    if (seconds === undefined || timeout === undefined || seconds >= timeout) return undefined;
    const text = `Queue visibility timeout: ${seconds} seconds is less than Function timeout: ${timeout} seconds`;
    return refusal(call, 400, "InvalidParameterValueException", text);
  };

  return async (call, pass) => {
    const { action, input, subject } = call;
    switch (action) {
      case "CreateQueue":
      case "SetQueueAttributes": {
        const answer = await pass(call);
        const given = ((input.Attributes ?? {}) as Fields).VisibilityTimeout; // SQS takes an object
        const queue = key(call, String(input.QueueName ?? lastOf(input.QueueUrl, "/")));
        if (answer.status === 200 && (given !== undefined || !visibility.has(queue))) {
          visibility.set(queue, Number(given ?? VISIBILITY));
        }
        return answer;
      }
      case "CreateFunction":
      case "UpdateFunctionConfiguration": {
        const answer = await pass(call);
        const name = key(call, String(input.FunctionName ?? subject));
        if (answer.status < 300 && (input.Timeout !== undefined || !timeouts.has(name))) {
          timeouts.set(name, Number(input.Timeout ?? TIMEOUT));
        }
        return answer;
      }
      case "CreateEventSourceMapping": {
        const name = functionName(String(input.FunctionName));
        const wanted = { queue: lastOf(input.EventSourceArn, ":"), name };
        const no = refused(call, wanted);
        if (no !== undefined) return no;
        const answer = await pass(call);
        const { UUID }: Fields = JSON.parse(answer.body.toString());
        if (answer.status < 300) ends.set(String(UUID), wanted);
        return answer;
      }
      case "UpdateEventSourceMapping": {
        const known = ends.get(subject);
        return (known && refused(call, known)) ?? pass(call);
      }
      default:
        return pass(call);
    }
  };
}

function lastOf(given: unknown, separator: string): string {
  return String(given).split(separator).at(-1) ?? "";
}
