import { type AwsAnswer, type Fields, type Layer, refusal, rewritten } from "./aws-answer.ts";
import type { AwsCall } from "./aws-call.ts";

/** What Lambda refuses while a function is made or changed. */
const EXCLUDED = [
  "UpdateFunctionCode",
  "UpdateFunctionConfiguration",
  "PublishVersion",
  "TagResource",
  "UntagResource",
];

/**
 * Functions become active, and changes take hold, after a number of reads; in between further changes are refused. To moto
 * all is done at once. https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export function functionStates({ readsUntilReady }: { readonly readsUntilReady: number }): Layer {
  const busy = new Map<string, { readonly fields: Fields; reads: number }>();

  const began = (call: AwsCall, answer: AwsAnswer, fields: Fields): AwsAnswer => {
    if (readsUntilReady === 0) return answer;
    return rewritten(answer, (given) => {
      busy.set(keyOf(call.region, String(given.FunctionName)), { fields, reads: readsUntilReady });
      return { ...given, ...fields };
    });
  };

  return async (call, pass) => {
    const { region, subject, action } = call;
    const key = keyOf(region, subject);
    const going = busy.get(key);
    if (going !== undefined && EXCLUDED.includes(action)) {
      const text = `The operation cannot be performed at this time. An update is in progress for resource: ${subject}`;
      return refusal(call, 409, "ResourceConflictException", text);
    }
    const answer = await pass(call);
    switch (action) {
      case "CreateFunction":
        return began(call, answer, CREATING);
      case "UpdateFunctionCode":
      case "UpdateFunctionConfiguration":
        return began(call, answer, UPDATING);
      case "DeleteFunction":
        busy.delete(key);
        return answer;
      case "GetFunction":
      case "GetFunctionConfiguration":
        if (going === undefined) return answer;
        going.reads -= 1;
        if (going.reads === 0) busy.delete(key);
        return rewritten(answer, (given) =>
          action === "GetFunction"
            ? { ...given, Configuration: { ...(given.Configuration as Fields), ...going.fields } } // it has one
            : { ...given, ...going.fields },
        );
      default:
        return answer;
    }
  };
}

const CREATING = {
  State: "Pending",
  StateReason: "The function is being created.",
  StateReasonCode: "Creating",
};

const UPDATING = {
  LastUpdateStatus: "InProgress",
  LastUpdateStatusReason: "The function is being created.",
  LastUpdateStatusReasonCode: "Creating",
};

function keyOf(region: string, name: string): string {
  return `${region}/${name}`;
}
