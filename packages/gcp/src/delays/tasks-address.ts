import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** The queue of Cloud Tasks that delayed messages of a stage wait in, as `binding.address.tasks` names it. */
export interface TasksAddress {
  /** Its path: "projects/p/locations/europe-west1/queues/shop-dev-delays". */
  readonly queue: string;
  /** The e-mail address of the service account that publishes what is due. */
  readonly serviceAccount: string;
  /** Undefined: the service itself. `http://host:port` is an emulator: no encryption and no credentials. */
  readonly endpoint?: string;
}

const QUEUE = /^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+$/;

/** The checked address; undefined where the binding names none, and sends cannot be delayed. BINDING_INVALID says what is wrong. */
export function readTasksAddress({ queue: name, address }: QueueBinding): TasksAddress | undefined {
  const { tasks } = address;
  if (tasks === undefined) return undefined;
  // What is not an object has none of these.
  const given = (tasks ?? {}) as Partial<Record<keyof TasksAddress, unknown>>;
  const { queue, serviceAccount, endpoint } = given;
  if (typeof queue !== "string" || !QUEUE.test(queue)) {
    throw invalid(name, 'its "queue" is no path of a queue of Cloud Tasks');
  }
  if (typeof serviceAccount !== "string" || !serviceAccount.includes("@")) {
    throw invalid(name, 'its "serviceAccount" is no e-mail address');
  }
  if (endpoint === undefined) return { queue, serviceAccount };
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) {
    throw invalid(name, '"endpoint" is not a URL');
  }
  return { queue, serviceAccount, endpoint };
}

function invalid(queue: string, what: string): AlienError {
  const text = `"tasks" in the address of queue "${queue}" is wrong: ${what}`;
  return new AlienError("BINDING_INVALID", text, {
    fix: 'Write "tasks": { "queue": "projects/<p>/locations/<region>/queues/<name>", "serviceAccount" } into "address", with "endpoint" for an emulator; or deploy again.',
    details: { queue },
  });
}
