import { type Layer, refusal } from "./aws-answer.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html */
const FORBIDDEN_MS = 60_000;

/** A queue that was deleted cannot be made again within 60 s; moto lets it. */
export function deletedQueues({ now = Date.now }: { readonly now?: () => number } = {}): Layer {
  const deletedAt = new Map<string, number>();
  return async (call, pass) => {
    const { action, region, input } = call;
    const name = String(input.QueueName ?? String(input.QueueUrl).split("/").at(-1));
    const key = `${region} ${name}`;
    if (call.service === "sqs" && action === "CreateQueue") {
      const deleted = deletedAt.get(key);
      if (deleted !== undefined && now() < deleted + FORBIDDEN_MS) {
        const text =
          "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
        const query = "AWS.SimpleQueueService.QueueDeletedRecently";
        return refusal(call, 400, "com.amazonaws.sqs#QueueDeletedRecently", text, query);
      }
    }
    const answer = await pass(call);
    if (call.service === "sqs" && action === "DeleteQueue" && answer.status === 200) {
      deletedAt.set(key, now());
    }
    return answer;
  };
}
