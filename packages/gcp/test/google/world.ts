import type { Clock } from "@alienplatform/bindings";
import { Refused } from "./refused.ts";
import type { Message } from "./schema.ts";

export type Stored = Record<string, unknown>;

/** All that the tests' Google keeps, by path: "projects/p/topics/t". */
export class GoogleWorld {
  readonly project = "shop-prod";
  readonly number = "123456789012";
  readonly topics = new Map<string, Stored>();
  readonly subscriptions = new Map<string, Stored>();
  readonly functions = new Map<string, Stored>();
  readonly accounts = new Map<string, Stored>();
  readonly secrets = new Map<string, { readonly secret: Stored; readonly versions: string[] }>();
  readonly buckets = new Map<string, Stored>();
  /** By "<bucket>/<object>". */
  readonly objects = new Map<string, { readonly object: Stored; readonly bytes: Buffer }>();
  readonly policies = new Map<string, Stored>();
  readonly operations = new Map<string, Stored>();
  readonly taskQueues = new Map<string, Stored>();
  /** Names of queues of Cloud Tasks that were deleted, which nobody may have again soon. */
  readonly buriedQueues = new Set<string>();
  readonly tasks = new Map<string, Stored>();
  /** Where the URL of a task is asked: elsewhere, where gRPC alone answers there. */
  askedAt: (url: string) => string = (url) => url;
  /** What a method is refused with whatever it asks for, by its name. */
  refusal: (method: string) => Refused | undefined = () => undefined;
  /** How many there were ever. */
  tasksMade = 0;
  /** By which tasks are due; without one they wait for ever. */
  clock: Clock | undefined;
  /** Requests of tasks that nobody has answered yet. */
  underWay = 0;
  /** Changes whenever a request comes or is answered. */
  events = 0;
  readonly databases = new Map<string, Stored>();
  /** What somebody has set of the fields of a database, by path. */
  readonly fields = new Map<string, Stored>();
  /** What Cloud Logging keeps of a function. */
  readonly logs: { readonly service: string; readonly timestamp: string; readonly text: string }[] =
    [];
  /** What Cloud Monitoring tells of a subscription's backlog; undefined where it has no series of it. */
  backlog: (subscription: string) => number | undefined | Promise<number | undefined> = () => 0;
  /** What the database of that path holds: documents as Firestore answers them. */
  documents: (database: string) => readonly object[] | Promise<readonly object[]> = () => [];
  /** Told of a function that was built, and of one that is gone. */
  deployed: (path: string, function_: Stored | undefined) => Promise<void> = async () => undefined;
  #ticks = 0;
  readonly #due: { readonly at: number; readonly run: () => void }[] = [];

  /** A call has come in: what takes a time goes on by calls. */
  tick(): void {
    this.#ticks += 1;
    for (const each of [...this.#due]) {
      if (each.at > this.#ticks) continue;
      this.#due.splice(this.#due.indexOf(each), 1);
      each.run();
    }
  }

  /** By the clock that tasks go by; the beginning of 1970 without one. */
  now(): number {
    return this.clock?.now() ?? 0;
  }

  /** Runs so much later, by the clock that tasks go by. */
  schedule(delayMs: number, run: () => void): void {
    this.clock?.schedule(delayMs, run);
  }

  /** Runs when so many more calls have come in. */
  later(calls: number, run: () => void): void {
    this.#due.push({ at: this.#ticks + calls, run });
  }

  /** Refuses what names a service account of this project that is not there. */
  requireAccount(email: string): void {
    if (!email.endsWith(`@${this.project}.iam.gserviceaccount.com`)) return;
    if (this.accounts.has(email)) return;
    throw Refused.invalid(`Service account ${email} does not exist.`);
  }

  /** Whether something that bears a policy is there. */
  has(path: string): boolean {
    return (
      this.topics.has(path) ||
      this.subscriptions.has(path) ||
      this.secrets.has(path) ||
      this.taskQueues.has(path) ||
      this.accounts.has(path.split("/serviceAccounts/")[1] ?? "") ||
      path === `projects/${this.project}` ||
      this.functions.has(path.replace("/services/", "/functions/"))
    );
  }
}

/** What is stored with what a mask names of a request put in its place; what the request has not is taken away. */
export function masked(stored: Stored, wanted: Message, mask: unknown): Stored {
  const made = structuredClone(stored);
  for (const path of String(mask).split(",")) {
    const names = path.split(".");
    const last = names.pop() ?? "";
    let into: Stored = made;
    let from: Message | undefined = wanted;
    for (const name of names) {
      into[name] ??= {};
      // Both are messages there, as the mask was checked against their type.
      into = into[name] as Stored;
      from = from?.[name] as Message | undefined;
    }
    const value = from?.[last];
    if (value === undefined) delete into[last];
    else into[last] = value;
  }
  return made;
}

/** https://cloud.google.com/resource-manager/docs/labels-overview#requirements */
export function checkLabels(labels: unknown): void {
  const entries = Object.entries((labels ?? {}) as Readonly<Record<string, string>>);
  if (entries.length > 64) throw Refused.invalid("A resource has more than 64 labels.");
  for (const [key, value] of entries) {
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(key) || !/^[a-z0-9_-]{0,63}$/.test(value)) {
      throw Refused.invalid(`Label ${key}=${value} is not legal.`);
    }
  }
}
