import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Clock } from "@alienplatform/bindings";
import { answering } from "../../../../test/peers/support/answering.ts";

/** A schedule as CreateSchedule got it. */
export interface MadeSchedule {
  readonly name: string;
  readonly at: number;
  readonly input: {
    readonly ClientToken: string;
    readonly GroupName: string;
    readonly ScheduleExpression: string;
    readonly Target: { readonly Arn: string; readonly RoleArn: string; readonly Input: string };
    readonly [field: string]: unknown;
  };
}

/** A schedule group of one test: its time, and what calls the target's API with the parsed Input. */
export interface OpenGroup {
  readonly clock: Clock;
  readonly send: (input: Readonly<Record<string, unknown>>) => Promise<void>;
}

interface Group extends OpenGroup {
  readonly schedules: Map<string, Waiting>;
}

interface Waiting extends MadeSchedule {
  readonly cancel: () => void;
  readonly run: () => Promise<void>;
}

interface Fault {
  readonly status: number;
  readonly error: string;
  readonly message?: string;
  /** What its clock says then. */
  readonly date?: number;
}

const EXPRESSION = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/;

/**
 * EventBridge Scheduler as far as delayed messages use it, by its pages, on the clock of each group's test: it sends at the
 * very second. https://docs.aws.amazon.com/scheduler/latest/APIReference/Welcome.html
 */
export class FakeScheduler {
  /** What has come in, as "CreateSchedule". */
  readonly calls: string[] = [];
  /** All that were ever made. */
  readonly made: MadeSchedule[] = [];
  /** What is answered instead, and whether the call is carried out first. */
  fault: ((call: string) => Fault | "lost answer" | undefined) | undefined;
  readonly #server: Server;
  readonly #groups = new Map<string, Group>();

  private constructor() {
    this.#server = createServer(
      { keepAliveTimeout: 0 },
      answering((request, response) => this.#answer(request, response)),
    );
  }

  static async listen(): Promise<FakeScheduler> {
    const scheduler = new FakeScheduler();
    scheduler.#server.listen(0, "127.0.0.1");
    await once(scheduler.#server, "listening");
    return scheduler;
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on a port, as just asked
    return `http://127.0.0.1:${port}`;
  }

  open(name: string, group: OpenGroup): void {
    this.#groups.set(name, { ...group, schedules: new Map() });
  }

  /** What waits in a group, by name. */
  waiting(name: string): readonly string[] {
    return [...(this.#groups.get(name)?.schedules.keys() ?? [])];
  }

  /** Runs all that waits, whatever its time. */
  async runAll(): Promise<void> {
    for (const { schedules } of this.#groups.values()) {
      for (const { cancel, run } of schedules.values()) {
        cancel();
        await run();
      }
    }
  }

  remove(name: string): void {
    for (const { cancel } of this.#groups.get(name)?.schedules.values() ?? []) cancel();
    this.#groups.delete(name);
  }

  async close(): Promise<void> {
    for (const name of this.#groups.keys()) this.remove(name);
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.endpoint);
    const call = `${{ POST: "Create", GET: "List", DELETE: "Delete" }[request.method ?? ""]}Schedule`;
    this.calls.push(call);
    const body = await text(request);
    const fault = this.fault?.(call);
    const name = url.pathname.split("/")[2] ?? "";
    const answer =
      typeof fault === "object"
        ? fault
        : call === "CreateSchedule"
          ? this.#create(name, JSON.parse(body))
          : call === "ListSchedule"
            ? this.#list(url.searchParams)
            : this.#delete(url.searchParams.get("groupName") ?? "", name);
    if (fault === "lost answer") {
      request.socket.destroy();
      return;
    }
    const type = { "content-type": "application/json" };
    if (isFault(answer)) {
      const { status, error, message = "because of the test", date } = answer;
      if (date !== undefined) response.setHeader("date", new Date(date).toUTCString());
      response
        .writeHead(status, { ...type, "x-amzn-errortype": `${error}:http://internal.amazon.com/` })
        .end(JSON.stringify({ Message: message }));
    } else response.writeHead(200, type).end(JSON.stringify(answer));
  }

  #create(name: string, input: MadeSchedule["input"]): object | Fault {
    const { GroupName, ScheduleExpression, Target, ClientToken } = input;
    const group = this.#groups.get(GroupName);
    if (group === undefined) return gone(`Schedule group ${GroupName} does not exist.`);
    const [, at = ""] = EXPRESSION.exec(ScheduleExpression) ?? [];
    const time = Date.parse(`${at}Z`);
    const { clock, send, schedules } = group;
    if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(name)) return invalid("the name");
    if (!/^[a-zA-Z0-9-_]{1,64}$/.test(ClientToken)) return invalid("the token");
    if (!(time >= clock.now())) return { ...invalid("the time"), date: clock.now() };
    if (Buffer.byteLength(Target.Input) > 262_144) return invalid("the Input");
    const there = schedules.get(name);
    if (there !== undefined) {
      if (there.input.ClientToken === ClientToken && there.at === time) return ARN;
      const message = `Schedule with name ${name} already exists.`;
      return { status: 409, error: "ConflictException", message };
    }
    const run = async () => {
      schedules.delete(name);
      // Keywords are replaced wherever they stand, in the text as in what it means.
      const parsed = JSON.parse(Target.Input.replaceAll(KEYWORD, "replaced"));
      const replaced = JSON.stringify(parsed).replaceAll(KEYWORD, "replaced");
      await send(JSON.parse(replaced));
    };
    const cancel = clock.schedule(time - clock.now(), () => void run());
    const made = { name, at: time, input };
    this.made.push(made);
    schedules.set(name, { ...made, cancel, run });
    return ARN;
  }

  #list(query: URLSearchParams): object {
    const all = this.waiting(query.get("ScheduleGroup") ?? "");
    const from = Number(query.get("NextToken") ?? 0);
    const next = from + Number(query.get("MaxResults"));
    return {
      Schedules: all.slice(from, next).map((Name) => ({ Name })),
      NextToken: next < all.length ? String(next) : null,
    };
  }

  #delete(group: string, name: string): object | Fault {
    const schedules = this.#groups.get(group)?.schedules;
    const there = schedules?.get(name);
    if (there === undefined) return gone(`Schedule ${name} does not exist.`);
    there.cancel();
    schedules?.delete(name);
    return {};
  }
}

const KEYWORD = /<aws\.scheduler\.[a-z-]+>/g;
const ARN = { ScheduleArn: "arn:aws:scheduler:us-east-1:123456789012:schedule/group/name" };

function isFault(answer: object): answer is Fault {
  return "error" in answer;
}

function gone(message: string): Fault {
  return { status: 404, error: "ResourceNotFoundException", message };
}

function invalid(what: string): Fault {
  return { status: 400, error: "ValidationException", message: `${what} is not valid` };
}
