import { type ServicePlace, SignedHttp } from "../signed-http.ts";

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export interface ScheduleInput {
  readonly ClientToken: string;
  readonly GroupName: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone: "UTC";
  readonly FlexibleTimeWindow: { readonly Mode: "OFF" };
  readonly ActionAfterCompletion: "DELETE";
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    /** JSON. */
    readonly Input: string;
  };
}

/** What ListSchedules answers, as far as it is read. */
export interface SchedulePage {
  readonly Schedules?: readonly { readonly Name?: string }[];
  readonly NextToken?: string | null;
}

/** The most that one page of them holds. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html */
export const PAGE = 100;

/**
 * Three actions of EventBridge Scheduler. Does no I/O until a call.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html
 */
export class SchedulerClient {
  readonly #http: SignedHttp;

  constructor(place: ServicePlace) {
    this.#http = new SignedHttp("scheduler", place);
  }

  async create(name: string, input: ScheduleInput, signal?: AbortSignal): Promise<void> {
    const body = JSON.stringify(input);
    const headers = { "content-type": "application/json" };
    await this.#call({ method: "POST", path: `/schedules/${name}`, headers, body }, signal);
  }

  /** One page of a group. */
  async list(group: string, after: string | undefined): Promise<SchedulePage> {
    const query = {
      ScheduleGroup: group,
      MaxResults: String(PAGE),
      ...(after === undefined ? {} : { NextToken: after }),
    };
    const text = await this.#call({ method: "GET", path: "/schedules", query });
    // Scheduler answers this action in no other form.
    return JSON.parse(text) as SchedulePage;
  }

  async delete(group: string, name: string, signal?: AbortSignal): Promise<void> {
    const query = { groupName: group };
    await this.#call({ method: "DELETE", path: `/schedules/${name}`, query }, signal);
  }

  close(): void {
    this.#http.close();
  }

  async #call(...[request, signal]: Parameters<SignedHttp["call"]>): Promise<string> {
    const { status, headers, text } = await this.#http.call(request, signal);
    if (status === 200) return text;
    throw new SchedulerFault(status, headers, text);
  }
}

/**
 * What Scheduler answers instead, by its name.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/CommonErrors.html
 */
export class SchedulerFault extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  /** What the clock of AWS said, in milliseconds since the epoch; NaN where it was not told. */
  readonly date: number;

  constructor(httpStatusCode: number, headers: Readonly<Record<string, string>>, text: string) {
    const { "x-amzn-errortype": type, date = "" } = headers;
    const { __type, message, Message } = fieldsOf(text);
    super(String(Message ?? message ?? `EventBridge Scheduler answered ${httpStatusCode}`));
    // "ConflictException:http://..." in the header, "namespace#ConflictException" in the body.
    const name = String(type ?? __type ?? "")
      .split(":")[0]
      ?.split("#")
      .at(-1);
    this.name = name === undefined || name === "" ? `status ${httpStatusCode}` : name;
    this.$metadata = { httpStatusCode };
    this.date = Date.parse(date);
  }
}

/** Of an answer that may be a proxy's page. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(text);
    return (answer ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
