import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** Where the delayed messages of a FIFO queue wait, as `binding.address.scheduler` names it. */
export interface SchedulerAddress {
  /** A schedule group of EventBridge Scheduler, in the region of the queue, of this queue alone. */
  readonly group: string;
  /** The ARN of the role that Scheduler takes to send to the queue. */
  readonly role: string;
  /** Where Scheduler answers, where that is not the region's own host: an emulator, a VPC endpoint. */
  readonly endpoint?: string;
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html */
const GROUP = /^[0-9A-Za-z_.-]{1,64}$/;
/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html */
const ROLE = /^arn:aws(-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/**
 * The checked address of the schedules; deploy writes the role alone, which has the name of the group. Undefined where the
 * binding names none. BINDING_INVALID says what is wrong.
 */
export function readSchedulerAddress({
  queue,
  address,
}: QueueBinding): SchedulerAddress | undefined {
  const { scheduler } = address;
  if (scheduler === undefined) return undefined;
  // What is not an object has none of these.
  const { group, role, endpoint } = (
    typeof scheduler === "string"
      ? { role: scheduler, group: scheduler.slice(scheduler.lastIndexOf("/") + 1) }
      : (scheduler ?? {})
  ) as Partial<Record<keyof SchedulerAddress, unknown>>;
  if (typeof role !== "string" || !ROLE.test(role)) {
    throw invalid(queue, 'it names no "role" by its ARN');
  }
  if (typeof group !== "string" || !GROUP.test(group)) {
    throw invalid(queue, 'it names no "group" of schedules');
  }
  if (endpoint === undefined) return { group, role };
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) {
    throw invalid(queue, '"endpoint" is not a URL');
  }
  return { group, role, endpoint };
}

function invalid(queue: string, what: string): AlienError {
  const text = `"scheduler" in the address of queue "${queue}" is wrong: ${what}`;
  return new AlienError("BINDING_INVALID", text, {
    fix: 'Write "scheduler": { "group", "role" } into "address", with "endpoint" for an emulator; or deploy again.',
    details: { queue },
  });
}
