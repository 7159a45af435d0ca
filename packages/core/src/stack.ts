import { recordStack } from "./collector.ts";
import { checkDeadLetters } from "./dead-letter-queues.ts";
import { Draft, show } from "./draft.ts";
import { deepFreeze } from "./freeze.ts";
import { environmentKey } from "./id.ts";
import { nearest } from "./nearest.ts";
import type { Resource, StackData } from "./resource.ts";

/** Declares what belongs together: the resources and, through their triggers and links, the edges. */
export class Stack {
  readonly #draft: Draft<{ platforms: readonly string[] }>;
  readonly #resources: Resource[] = [];

  constructor(name: string) {
    this.#draft = new Draft("Stack", name);
  }

  /** Holds the stack to the limits of these platforms, also in local development. */
  platforms(...platforms: readonly string[]): this {
    this.#draft.set({ platforms });
    return this;
  }

  /** Adds a built resource. */
  add(resource: Resource): this {
    this.#draft.assertOpen();
    if (!isResource(resource)) {
      throw new TypeError(
        `${this.#draft.name}.add() takes a built resource; write: .add(new alien.Queue("tasks").build())`,
      );
    }
    this.#resources.push(resource);
    return this;
  }

  /** Checks the whole: every reference, every id, one consumer for each queue. */
  build(): StackData {
    const draft = this.#draft;
    draft.assertOpen();
    const platforms = [...new Set(draft.options.platforms ?? [])];
    const name = draft.id();
    for (const platform of platforms) {
      if (typeof platform !== "string" || !/^[a-z][a-z0-9-]*$/.test(platform)) {
        draft.report(
          "platforms",
          `${show(platform)} is not a platform's name`,
          "Use its lower-case name.",
        );
      }
    }
    if (this.#resources.length === 0) {
      draft.report("add", "it holds no resource", "Add at least one: .add(tasks).");
    }
    checkIds(draft, this.#resources);
    checkReferences(draft, this.#resources);
    checkConsumers(draft, this.#resources);
    checkDeadLetters(draft, this.#resources);
    draft.seal("STACK_INVALID");
    const stack: StackData = deepFreeze({ name, platforms, resources: [...this.#resources] });
    recordStack(stack);
    return stack;
  }
}

type StackDraft = Draft<{ platforms: readonly string[] }>;

function isResource(value: Resource): boolean {
  return ["queue", "function", "endpoint"].includes(value?.type) && typeof value.id === "string";
}

function label(resource: Resource): string {
  return `${resource.type} "${resource.id}"`;
}

/** Two ids with one key would share one environment variable. */
function checkIds(draft: StackDraft, resources: readonly Resource[]): void {
  const owners = new Map<string, Resource>();
  for (const resource of resources) {
    const key = environmentKey(resource.id);
    const owner = owners.get(key);
    if (owner === undefined) {
      owners.set(key, resource);
    } else if (owner === resource) {
      draft.report(
        resource.id,
        `${label(resource)} is added twice`,
        "Remove one of the two .add() calls.",
      );
    } else if (owner.id === resource.id) {
      draft.report(
        resource.id,
        `${label(owner)} and ${label(resource)} have the same id`,
        "Give one of them another id.",
      );
    } else {
      draft.report(
        resource.id,
        `${label(owner)} and ${label(resource)} would share the environment variable ALIEN_${key}_BINDING`,
        `Give one of them an id that differs in more than case, "-" and "_".`,
      );
    }
  }
}

function checkReferences(draft: StackDraft, resources: readonly Resource[]): void {
  const queues = resources.filter(({ type }) => type === "queue").map(({ id }) => id);
  for (const resource of resources) {
    for (const { path, queue } of references(resource)) {
      if (queues.includes(queue)) continue;
      const [near] = nearest(queue, queues);
      draft.report(
        `${resource.id}.${path}`,
        `${label(resource)} refers to queue "${queue}", which is not in the stack`,
        near === undefined
          ? `Add the queue: .add(${variable(queue)}).`
          : `Add the queue: .add(${variable(queue)}), or refer to "${near}".`,
      );
    }
  }
}

/** A queue hands each message to one consumer; who wants it twice sends it twice. */
function checkConsumers(draft: StackDraft, resources: readonly Resource[]): void {
  const consumers = new Map<string, Resource>();
  for (const resource of new Set(resources)) {
    if (resource.type === "queue") continue;
    for (const { queue } of resource.triggers) {
      const first = consumers.get(queue);
      if (first === undefined) consumers.set(queue, resource);
      else {
        draft.report(
          `${resource.id}.trigger(${queue})`,
          `queue "${queue}" has two consumers, ${label(first)} and ${label(resource)}`,
          "Remove one trigger, or give the second consumer a queue of its own and send to both.",
        );
      }
    }
  }
}

function references(resource: Resource): readonly { path: string; queue: string }[] {
  if (resource.type === "queue") {
    const { deadLetters } = resource;
    return deadLetters === undefined ? [] : [{ path: "deadLetters", queue: deadLetters }];
  }
  const triggers = resource.triggers.map(({ queue }) => ({ path: `trigger(${queue})`, queue }));
  if (resource.type === "endpoint") return triggers;
  const links = resource.links.map((link) => ({
    path: `link(${link.resource})`,
    queue: link.resource,
  }));
  return [...triggers, ...links];
}

/** The name an author would give the constant: "image-tasks" is imageTasks. */
function variable(id: string): string {
  return id.replace(/[-_]+(.)/g, (_, letter: string) => letter.toUpperCase());
}
