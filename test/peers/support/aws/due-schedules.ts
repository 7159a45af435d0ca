import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  paginateListSchedules,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const SEND = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage";

/**
 * Does at a time what EventBridge Scheduler does by itself, and moto does not: calls what one-time schedules name that are
 * due then, and deletes them where they ask for it. Answers how many were. Times are UTC's.
 */
export async function runDueSchedules(
  where: { readonly endpoint: string; readonly region: string },
  now: number,
): Promise<number> {
  const [scheduler, sqs] = [new SchedulerClient(where), new SQSClient(where)];
  let run = 0;
  for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, {})) {
    for (const { Name, GroupName } of Schedules) {
      const found = await scheduler.send(new GetScheduleCommand({ Name, GroupName }));
      const [, at = ""] = /^at\((.+)\)$/.exec(found.ScheduleExpression ?? "") ?? [];
      if (!(Date.parse(`${at}Z`) <= now)) continue;
      const { Arn, Input = "" } = found.Target ?? {};
      if (Arn !== SEND) throw new Error(`${Name} is not to send, but ${Arn}`);
      await sqs.send(new SendMessageCommand(JSON.parse(Input)));
      if (found.ActionAfterCompletion === "DELETE") {
        await scheduler.send(new DeleteScheduleCommand({ Name, GroupName }));
      }
      run++;
    }
  }
  scheduler.destroy();
  sqs.destroy();
  return run;
}
