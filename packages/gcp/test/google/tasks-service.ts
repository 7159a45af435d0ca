import { randomUUID } from "node:crypto";
import { type OutgoingHttpHeaders, request } from "node:http";
import type { Service } from "./google-server.ts";
import { Refused } from "./refused.ts";
import type { Message } from "./schema.ts";
import { type GoogleWorld, masked, type Stored } from "./world.ts";

const DAY_MS = 86_400_000;
/** Of one task: https://cloud.google.com/tasks/docs/quotas */
const TASK_BYTES = 1_000_000;
const PAGE = 1_000;
const QUEUE = /^projects\/[A-Za-z0-9:.-]+\/locations\/[a-z0-9-]+\/queues\/[A-Za-z0-9-]{1,100}$/;

/** Queues of Cloud Tasks, and tasks that are requests: each is sent when it is due, by the clock of the world. */
export function tasksService(world: GoogleWorld): Service {
  const { taskQueues, tasks, buriedQueues } = world;
  const TASKS = "google.cloud.tasks.v2.CloudTasks";
  const found = (name: unknown): Stored => {
    const one = taskQueues.get(String(name));
    if (one === undefined) throw Refused.missing(String(name));
    return one;
  };
  return {
    [`${TASKS}.CreateQueue`]: ({ parent, queue }) => {
      const wanted = queue as Message; // as the schema has it
      const name = String(wanted.name);
      if (!QUEUE.test(name) || !name.startsWith(`${parent}/queues/`))
        throw Refused.invalid(`Queue name ${name} is not legal.`);
      if (taskQueues.has(name)) {
        throw new Refused(409, "ALREADY_EXISTS", "Queue already exists");
      }
      // For seven days: https://cloud.google.com/tasks/docs/quotas
      if (buriedQueues.has(name)) {
        throw new Refused(
          400,
          "FAILED_PRECONDITION",
          "The queue cannot be created because a queue with this name existed too recently.",
        );
      }
      checkQueue(wanted);
      const made = filled({ ...wanted });
      taskQueues.set(name, made);
      return made;
    },
    [`${TASKS}.GetQueue`]: ({ name }) => found(name),
    [`${TASKS}.ListQueues`]: ({ parent }) => ({
      queues: [...taskQueues.values()].filter(({ name }) =>
        String(name).startsWith(`${parent}/queues/`),
      ),
    }),
    [`${TASKS}.UpdateQueue`]: ({ queue, updateMask }) => {
      const wanted = queue as Message; // as the schema has it
      const name = String(wanted.name);
      checkQueue(wanted);
      // One that is not there is made: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues/patch
      const next = filled(masked(taskQueues.get(name) ?? { name }, wanted, updateMask));
      taskQueues.set(name, next);
      return next;
    },
    [`${TASKS}.DeleteQueue`]: ({ name }) => {
      found(name);
      const path = String(name);
      taskQueues.delete(path);
      buriedQueues.add(path);
      world.policies.delete(path);
      for (const each of tasks.keys()) if (each.startsWith(`${path}/tasks/`)) tasks.delete(each);
    },
    [`${TASKS}.ListTasks`]: ({ parent, pageSize = PAGE, pageToken }) => {
      found(parent);
      const all = [...tasks.values()].filter(({ name }) =>
        String(name).startsWith(`${parent}/tasks/`),
      );
      const from = Number(pageToken ?? 0);
      const until = from + Math.min(PAGE, Number(pageSize));
      // The basic view has no body.
      const listed = all.slice(from, until).map(({ httpRequest, ...task }) => {
        const { body: _, ...request } = httpRequest as Message;
        return { ...task, httpRequest: request, view: "BASIC" };
      });
      return { tasks: listed, ...(until < all.length ? { nextPageToken: String(until) } : {}) };
    },
    [`${TASKS}.CreateTask`]: ({ parent, task }) => {
      if (!taskQueues.has(String(parent))) {
        throw new Refused(400, "FAILED_PRECONDITION", "Queue does not exist.");
      }
      const wanted = task as Message; // as the schema has it
      const request = wanted.httpRequest as Message;
      const size = JSON.stringify({ ...request, body: "" }).length + bodyOf(request).length;
      if (size > TASK_BYTES) throw Refused.invalid("Task size too large");
      const now = world.now();
      const dueAt = Date.parse(String(wanted.scheduleTime ?? new Date(now).toISOString()));
      if (dueAt > now + 30 * DAY_MS) {
        throw Refused.invalid("The scheduleTime is more than 30 days in the future.");
      }
      const { serviceAccountEmail } = request.oauthToken as Message;
      world.requireAccount(String(serviceAccountEmail));
      const name = `${parent}/tasks/${randomUUID()}`;
      const scheduleTime = new Date(Math.max(dueAt, now)).toISOString();
      const stored = { ...wanted, name, scheduleTime };
      tasks.set(name, stored);
      world.tasksMade++;
      world.schedule(Math.max(0, dueAt - now), () => void dispatch(world, name));
      return stored;
    },
    [`${TASKS}.DeleteTask`]: ({ name }) => {
      if (!tasks.delete(String(name))) throw Refused.missing(String(name));
    },
  };
}

/** Sends a task's request, and tries again twice as late each time where the answer is no success, an hour at most. */
async function dispatch(world: GoogleWorld, name: string, backoffMs = 1_000): Promise<void> {
  const task = world.tasks.get(name);
  if (task === undefined) return;
  const wanted = task.httpRequest as Message;
  const { serviceAccountEmail } = wanted.oauthToken as Message;
  world.underWay++;
  try {
    const headers = {
      ...(wanted.headers as Readonly<Record<string, string>>),
      // Google writes an access token of that account here.
      authorization: `Bearer ${serviceAccountEmail}`,
    };
    const status = await posted(world.askedAt(String(wanted.url)), headers, bodyOf(wanted));
    if (status >= 300) throw new Error(String(status));
    world.tasks.delete(name);
  } catch {
    const next = Math.min(2 * backoffMs, 3_600_000);
    world.schedule(backoffMs, () => void dispatch(world, name, next));
  } finally {
    world.underWay--;
    world.events++;
  }
}

/** By a connection of its own; answers the HTTP status. */
function posted(url: string, headers: OutgoingHttpHeaders, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const given = { method: "POST", headers, agent: false };
    const asking = request(url, given, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 500));
      answer.on("error", reject);
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

function bodyOf({ body = "" }: Message): Buffer {
  return Buffer.from(String(body), "base64");
}

/** What Google fills in: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues */
function filled(queue: Stored): Stored {
  return {
    ...queue,
    state: "RUNNING",
    rateLimits: {
      maxDispatchesPerSecond: 500,
      maxBurstSize: 100,
      maxConcurrentDispatches: 1_000,
      ...Object(queue.rateLimits),
    },
    retryConfig: {
      maxAttempts: 100,
      minBackoff: "0.100s",
      maxBackoff: "3600s",
      maxDoublings: 16,
      ...Object(queue.retryConfig),
    },
  };
}

function checkQueue({ rateLimits, retryConfig }: Message): void {
  const { maxDispatchesPerSecond = 1, maxConcurrentDispatches = 1 } = Object(rateLimits);
  if (maxDispatchesPerSecond > 500) throw Refused.invalid("Max dispatches are 500 a second.");
  if (maxConcurrentDispatches > 5_000) throw Refused.invalid("Max concurrent dispatches are 5000.");
  const { maxAttempts = 1, minBackoff = "0s", maxBackoff = "3600s" } = Object(retryConfig);
  if (maxAttempts < -1) throw Refused.invalid("maxAttempts is -1 or more.");
  if (Number.parseFloat(minBackoff) > Number.parseFloat(maxBackoff)) {
    throw Refused.invalid("minBackoff is longer than maxBackoff.");
  }
}
