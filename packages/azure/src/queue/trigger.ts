import type { Pause, PauseRequest } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { AppSettings } from "../app-settings-client.ts"; // loaded where it is needed
import { operatorsOwn } from "../control/app-settings.ts";
import { triggerName } from "../names.ts";

interface Noted {
  readonly reason?: string;
  readonly since?: number;
}

/**
 * What a queue triggers in its consumer's function app. Disabled, the host calls no handler, and what is in the queue waits;
 * deploys leave that as it is. The queue's own status would not do: where it is ReceiveDisabled nobody receives at all, and
 * polled receives are to go on. https://learn.microsoft.com/azure/azure-functions/disable-function
 */
export class QueueTrigger {
  readonly #queue: string;
  readonly #app: string;
  #settings: Promise<AppSettings> | undefined;

  /** Does no I/O. */
  constructor(queue: string, app: string) {
    this.#queue = queue;
    this.#app = app;
  }

  /** Why no function is called; undefined where one is. */
  async paused(): Promise<Pause | undefined> {
    const client = await this.#client();
    const settings = await client.read(`reading why queue "${this.#queue}" is paused`);
    const { disabled, reason: name } = this.#names();
    if (settings[disabled]?.toLowerCase() !== "true" && settings[disabled] !== "1")
      return undefined;
    const { reason, since } = JSON.parse(settings[name] ?? "{}") as Noted; // as `pause` wrote it
    return {
      reason: reason ?? "somebody disabled it at Azure, or alien.ts declares it so",
      since: since ?? 0,
      whilePaused: "wait",
    };
  }

  /** The app starts anew with its settings: what its instances are at then ends first. */
  async pause({ reason, until, whilePaused }: PauseRequest, now: number): Promise<void> {
    if (until !== undefined) {
      throw this.#cannot("resumes by itself", "Leave out until, and resume it.");
    }
    if (whilePaused === "deadLetter") {
      throw this.#cannot(
        "dead-letters what arrives meanwhile",
        "Leave out whilePaused: messages wait.",
      );
    }
    const { disabled, reason: name } = this.#names();
    const noted: Noted = { ...(reason === undefined ? {} : { reason }), since: now };
    const client = await this.#client();
    await client.change(`pausing queue "${this.#queue}"`, (settings) => ({
      ...settings,
      [disabled]: "true",
      [name]: JSON.stringify(noted),
    }));
  }

  async resume(): Promise<void> {
    const { disabled, reason } = this.#names();
    const client = await this.#client();
    await client.change(`resuming queue "${this.#queue}"`, (settings) => {
      const { [disabled]: _, [reason]: __, ...kept } = settings;
      return kept;
    });
  }

  #names(): { readonly disabled: string; readonly reason: string } {
    const trigger = triggerName(this.#queue);
    return { disabled: operatorsOwn.disabled(trigger), reason: operatorsOwn.reason(trigger) };
  }

  /** Only who pauses pays for it. */
  #client(): Promise<AppSettings> {
    this.#settings ??= import("../app-settings-client.ts").then(
      ({ AppSettings }) => new AppSettings(this.#app),
    );
    return this.#settings;
  }

  #cannot(what: string, fix: string): AlienError {
    const text = `on Azure Functions no queue ${what}: "${this.#queue}"`;
    return new AlienError("UNSUPPORTED", text, { fix });
  }
}
