import { recordResource } from "./collector.ts";
import { Draft, show } from "./draft.ts";
import type { Duration } from "./duration.ts";
import { deepFreeze } from "./freeze.ts";
import type { FunctionResource, Link, QueueResource, Right } from "./resource.ts";
import { readSize, type Size } from "./size.ts";
import {
  builtQueue,
  readTriggers,
  type TriggerOptions,
  type WrittenTrigger,
  writtenTrigger,
} from "./trigger.ts";

interface FunctionOptions {
  code: string;
  http: boolean;
  memory: Size;
  timeout: Duration;
}

/** Declares a function: the code that handles messages, serves HTTP, or both. */
export class FunctionBuilder {
  readonly #draft: Draft<FunctionOptions>;
  readonly #triggers: WrittenTrigger[] = [];
  readonly #links: Link[] = [];
  readonly #environment: Record<string, string> = {};
  readonly #secrets = new Set<string>();

  constructor(id: string) {
    this.#draft = new Draft("Function", id);
  }

  /** The entry file, relative to alien.ts. Default src/<id>.ts, then <id>.ts. */
  code(file: string): this {
    this.#draft.set({ code: file });
    return this;
  }

  /** Handles the messages of a queue, with the handler that onQueueMessage() registers for it. */
  trigger(queue: QueueResource, options: TriggerOptions = {}): this {
    this.#draft.assertOpen();
    this.#triggers.push(writtenTrigger(this.#draft.name, queue, options));
    return this;
  }

  /** Gives the function the right to "send" to a queue (the default), to "receive" from it or to "operate" it. */
  link(queue: QueueResource, right: Right = "send"): this {
    this.#draft.assertOpen();
    this.#links.push({ resource: builtQueue(`${this.#draft.name}.link`, queue).id, right });
    return this;
  }

  /** The same function also serves HTTP: its default export has fetch(request). */
  http(): this {
    this.#draft.set({ http: true });
    return this;
  }

  /** "512MiB", "2GiB". Default the platform's. */
  memory(size: Size): this {
    this.#draft.set({ memory: size });
    return this;
  }

  /** The longest a handler may run. Default the platform's. */
  timeout(timeout: Duration): this {
    this.#draft.set({ timeout });
    return this;
  }

  /** Variables of its environment; calls add up. Secrets do not belong here: see secret(). */
  environment(variables: Readonly<Record<string, string>>): this {
    this.#draft.assertOpen();
    Object.assign(this.#environment, variables);
    return this;
  }

  /** The name of a variable whose value comes from the vendor's secret store at run time. */
  secret(name: string): this {
    this.#draft.assertOpen();
    this.#secrets.add(name);
    return this;
  }

  /** Checks everything at once; the result is frozen data, and the builder is closed. */
  build(): FunctionResource {
    const draft = this.#draft;
    draft.assertOpen();
    const { code, http = false, memory, timeout } = draft.options;
    if (code !== undefined) checkCode(draft, code);
    checkVariables(draft, this.#environment, this.#secrets);
    const resource: FunctionResource = deepFreeze({
      type: "function",
      id: draft.id(),
      ...(code === undefined ? {} : { code }),
      triggers: readTriggers(draft, this.#triggers),
      links: readLinks(draft, this.#links),
      http,
      ...(memory === undefined ? {} : { memoryBytes: memoryBytes(draft, memory) }),
      ...(timeout === undefined
        ? {}
        : { timeoutMs: draft.duration("timeout", timeout, "1ms", "7d") }),
      environment: { ...this.#environment },
      secrets: [...this.#secrets],
    });
    draft.seal("DECLARATION_INVALID");
    recordResource(resource);
    return resource;
  }
}

function checkCode(draft: Draft<FunctionOptions>, code: string): void {
  if (typeof code === "string" && /\.[cm]?[jt]sx?$/.test(code)) return;
  draft.report(
    "code",
    `code is ${show(code)}, not a TypeScript or JavaScript file`,
    `Write the file relative to alien.ts: .code("./src/worker.ts").`,
  );
}

function readLinks(draft: Draft<FunctionOptions>, links: readonly Link[]): readonly Link[] {
  for (const { resource, right } of links) {
    draft.choice(`link(${resource})`, right, ["send", "receive", "operate"]);
  }
  // Linked twice with the same right is linked once.
  return [...new Map(links.map((link) => [`${link.resource} ${link.right}`, link])).values()];
}

function memoryBytes(draft: Draft<FunctionOptions>, memory: Size): number {
  const bytes = readSize(memory);
  if (bytes !== undefined) return bytes;
  draft.report(
    "memory",
    `memory is ${show(memory)}, not a size with a unit`,
    `Write "512MiB" or "2GiB".`,
  );
  return 0;
}

function checkVariables(
  draft: Draft<FunctionOptions>,
  environment: Readonly<Record<string, string>>,
  secrets: ReadonlySet<string>,
): void {
  for (const [name, value] of Object.entries(environment)) {
    checkName(draft, "environment", name);
    if (typeof value !== "string") {
      draft.report(
        `environment.${name}`,
        `environment.${name} is a ${typeof value}, not a string`,
        `Write it as text: ${name}: "${String(value)}".`,
      );
    }
    if (secrets.has(name)) {
      draft.report(
        `secret(${name})`,
        `${name} is in environment() and in secret()`,
        "Keep the secret, so that its value is in no plan.",
      );
    }
  }
  for (const name of secrets) checkName(draft, "secret", name);
}

function checkName(draft: Draft<FunctionOptions>, call: string, name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    draft.report(
      `${call}(${name})`,
      `${call}: ${show(name)} is not a variable's name`,
      `Use letters, digits and "_", not a digit first: "SMTP_PASSWORD".`,
    );
  } else if (/^ALIEN_/i.test(name)) {
    draft.report(
      `${call}(${name})`,
      `${call}: the name ${name} is reserved, as all that begin with ALIEN_`,
      "Choose another name.",
    );
  }
}
