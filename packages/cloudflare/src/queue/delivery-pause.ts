import type { Pause, PauseRequest } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { AccountApi, apiSettings } from "../api-client.ts";
import { variables } from "../client.ts";
import { deployError } from "../deploy-errors.ts";

/** Of a tag; the reason is the rest of it. */
const PAUSED = "alien:paused:";
/** Longer ones are cut: a tag is a word or two. */
const LONGEST_REASON = 256;

export interface DeliveryPauseOptions {
  readonly queue: string;
  readonly account: string;
  readonly queueId: string;
  /** The Worker that the queue is pushed to. */
  readonly consumer: string;
  readonly endpoint?: string;
}

/**
 * Whether Cloudflare delivers a queue to its Worker. Paused, it calls no handler, and what is in the queue waits; deploys
 * leave that as it is. Why, a queue has no place to say, so a tag of its Worker does.
 * https://developers.cloudflare.com/queues/configuration/pause-purge/
 */
export class DeliveryPause {
  readonly #given: DeliveryPauseOptions;

  /** Does no I/O. */
  constructor(given: DeliveryPauseOptions) {
    this.#given = given;
  }

  /** Why nothing is delivered; undefined where it is. */
  async paused(): Promise<Pause | undefined> {
    const { settings, modified_on } = await this.#queue();
    if (settings?.delivery_paused !== true) return undefined;
    const tag = (await this.#tags()).find((each) => this.#isOurs(each));
    const [since = "", ...words] = tag?.slice(this.#start.length).split(" ") ?? [];
    return {
      reason:
        tag === undefined
          ? "somebody paused it at Cloudflare, or alien.ts declares it so"
          : words.join(" "),
      since: Date.parse(tag === undefined ? (modified_on ?? "") : since) || 0,
      whilePaused: "wait",
    };
  }

  /** The reason first: what is paused says why. */
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
    const others = (await this.#tags()).filter((each) => !this.#isOurs(each));
    const told = `${this.#start}${new Date(now).toISOString()} ${tagText(reason)}`;
    await this.#setTags([...others, told]);
    await this.#deliver(false);
  }

  async resume(): Promise<void> {
    if ((await this.paused()) === undefined) return;
    await this.#deliver(true);
    await this.#setTags((await this.#tags()).filter((each) => !this.#isOurs(each)));
  }

  /** The queue's id tells the queues of one Worker apart. */
  get #start(): string {
    return `${PAUSED}${this.#given.queueId}:`;
  }

  #isOurs(tag: string): boolean {
    return tag.startsWith(this.#start);
  }

  #queue() {
    return this.#call<{
      readonly modified_on?: string;
      readonly settings?: { readonly delivery_paused?: boolean };
    }>("looking whether it is paused", "GET", `/queues/${this.#given.queueId}`);
  }

  async #deliver(on: boolean): Promise<void> {
    const body = { settings: { delivery_paused: !on } };
    await this.#call(on ? "resuming" : "pausing", "PATCH", `/queues/${this.#given.queueId}`, body);
  }

  async #tags(): Promise<readonly string[]> {
    const { tags } = await this.#call<{ readonly tags?: readonly string[] | null }>(
      "reading why it is paused",
      "GET",
      this.#settings,
    );
    return tags ?? [];
  }

  async #setTags(tags: readonly string[]): Promise<void> {
    await this.#call("writing why it is paused", "PATCH", this.#settings, { tags });
  }

  get #settings(): string {
    return `/workers/scripts/${encodeURIComponent(this.#given.consumer)}/script-settings`;
  }

  async #call<Answer>(
    doing: string,
    method: "GET" | "PATCH",
    path: string,
    body?: unknown,
  ): Promise<Answer> {
    const { queue, account, endpoint } = this.#given;
    try {
      const { signal } = new AbortController();
      const settings = apiSettings({ ...variables(), CLOUDFLARE_ACCOUNT_ID: account });
      const api = new AccountApi({ ...settings, ...(endpoint === undefined ? {} : { endpoint }) });
      return await api.call<Answer>(method, path, { body, signal });
    } catch (thrown) {
      throw deployError(thrown, `${doing}: queue "${queue}"`);
    }
  }

  #cannot(what: string, fix: string): AlienError {
    const text = `on Cloudflare no queue ${what}: "${this.#given.queue}"`;
    return new AlienError("UNSUPPORTED", text, { fix });
  }
}

/** Without what no tag may have. */
function tagText(reason: string): string {
  return reason
    .replace(/[,&\s]+/g, " ")
    .trim()
    .slice(0, LONGEST_REASON);
}
