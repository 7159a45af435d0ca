import { recordResource } from "./collector.ts";
import { Draft, show } from "./draft.ts";
import { deepFreeze } from "./freeze.ts";
import type { EndpointResource, QueueResource } from "./resource.ts";
import {
  readTriggers,
  type TriggerOptions,
  type WrittenTrigger,
  writtenTrigger,
} from "./trigger.ts";

/** Declares an HTTP consumer that is not ours: it gets each message as a POST. */
export class Endpoint {
  readonly #draft: Draft<{ url: string }>;
  readonly #triggers: WrittenTrigger[] = [];

  constructor(id: string) {
    this.#draft = new Draft("Endpoint", id);
  }

  /** Where messages are posted, http or https. Required. */
  url(url: string): this {
    this.#draft.set({ url });
    return this;
  }

  /** Posts the messages of a queue. */
  trigger(queue: QueueResource, options: TriggerOptions = {}): this {
    this.#draft.assertOpen();
    this.#triggers.push(writtenTrigger(this.#draft.name, queue, options));
    return this;
  }

  /** Checks everything at once; the result is frozen data, and the builder is closed. */
  build(): EndpointResource {
    const draft = this.#draft;
    draft.assertOpen();
    const resource: EndpointResource = deepFreeze({
      type: "endpoint",
      id: draft.id(),
      url: readUrl(draft),
      triggers: readTriggers(draft, this.#triggers),
    });
    draft.seal("DECLARATION_INVALID");
    recordResource(resource);
    return resource;
  }
}

function readUrl(draft: Draft<{ url: string }>): string {
  const { url } = draft.options;
  const example = `.url("https://billing.internal/jobs")`;
  if (url === undefined) {
    draft.report("url", "it has no url", `Say where it is: ${example}.`);
    return "";
  }
  if (!URL.canParse(url) || !["http:", "https:"].includes(new URL(url).protocol)) {
    draft.report(
      "url",
      `url is ${show(url)}, not an http or https URL`,
      `Write it whole: ${example}.`,
    );
    return url;
  }
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") {
    // Not shown: what is in there is a secret.
    draft.report(
      "url",
      "url carries a user name or a password, which would be in every plan",
      "Remove it; requests are signed.",
    );
  }
  return url;
}
