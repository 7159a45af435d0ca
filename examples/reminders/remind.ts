import { queue } from "@alienplatform/sdk";

export interface Visit {
  readonly patient: string;
  readonly at: Date;
}

/** Reminds of a visit a day before. Planning it twice reminds once: the key is what the reminder is about. */
export async function planReminder({ patient, at }: Visit): Promise<boolean> {
  const due = new Date(at.getTime() - 24 * 60 * 60 * 1000);
  const idempotencyKey = `visit ${patient} ${at.toISOString()}`;
  const reminders = await queue("reminders");
  const payload = { patient, at: at.toISOString() };
  const { deduplicated } = await reminders.send("reminders", payload, {
    delay: due,
    idempotencyKey,
  });
  return !deduplicated;
}
