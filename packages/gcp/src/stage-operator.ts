import { pause, systemClock } from "@alienplatform/bindings";
import { AlienError, type Clock } from "@alienplatform/core";
import type { LogLine, LogOptions, StageOperator } from "@alienplatform/deploy";
import { deployError } from "./deploy-errors.ts";
import type { GcpPlace } from "./gcp-place.ts";
import type { GoogleApi, GoogleCall, GoogleClient } from "./google-client.ts";
import { unlessGone } from "./google-refusal.ts";

/** Between two looks at what is followed: 60 a minute may read. https://cloud.google.com/logging/quotas */
const FOLLOW_MS = 3_000;
/** What is written shows up late and not in order; as long back as this a followed log is looked at again. */
const LATE_MS = 15_000;
const PAGE = 1_000;

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry */
interface LogEntry {
  readonly insertId?: string;
  readonly timestamp?: string;
  readonly textPayload?: string;
  readonly jsonPayload?: Readonly<Record<string, unknown>>;
}

/** Reads the logs of functions in Cloud Logging, and writes secrets to Secret Manager. */
export class GcpStageOperator implements StageOperator {
  readonly #google: GoogleClient;
  readonly #place: GcpPlace;
  readonly #clock: Clock;

  constructor(google: GoogleClient, place: GcpPlace, clock: Clock = systemClock) {
    this.#google = google;
    this.#place = place;
    this.#clock = clock;
  }

  async *logs(name: string, options: LogOptions): AsyncGenerator<LogLine> {
    const { follow, signal } = options;
    let since = options.since;
    let seen: ReadonlySet<string> = new Set();
    for (;;) {
      const now = new Set<string>();
      let newest = since + LATE_MS;
      for await (const { id, ...line } of this.#entries(name, since, options)) {
        now.add(id);
        newest = Math.max(newest, line.at);
        if (!seen.has(id)) yield line;
      }
      if (!follow || signal.aborted) return;
      since = newest - LATE_MS;
      seen = now;
      await pause(this.#clock, FOLLOW_MS, signal);
      if (signal.aborted) return;
    }
  }

  async setSecret(name: string, value: string, signal: AbortSignal): Promise<void> {
    const doing = `setting the secret ${name}`;
    const path = `${this.#secret(name)}:addVersion`;
    const body = { payload: { data: Buffer.from(value).toString("base64") } };
    const call = { verb: "POST", path, body, signal } as const;
    if ((await this.#call("secretmanager", call, doing)) === undefined) throw missing(name, doing);
  }

  async hasSecret(name: string, signal: AbortSignal): Promise<boolean> {
    const doing = `looking at the secret ${name}`;
    const path = `${this.#secret(name)}/versions`;
    const query = { filter: "state:ENABLED", pageSize: 1 };
    const answer = await this.#call<{ readonly versions?: readonly unknown[] }>(
      "secretmanager",
      { verb: "GET", path, query, signal },
      doing,
    );
    if (answer === undefined) throw missing(name, doing);
    return (answer.versions ?? []).length > 0;
  }

  async *#entries(
    name: string,
    since: number,
    { filter, signal }: LogOptions,
  ): AsyncGenerator<LogLine & { readonly id: string }> {
    const { project, region } = this.#place;
    let pageToken: string | undefined;
    do {
      const body = {
        resourceNames: [`projects/${project}`],
        filter: [
          'resource.type = "cloud_run_revision"',
          `resource.labels.service_name = ${JSON.stringify(name)}`,
          `resource.labels.location = ${JSON.stringify(region)}`,
          // What the function wrote; Cloud Run keeps a line of its own for each request beside.
          'log_id("run.googleapis.com/stdout") OR log_id("run.googleapis.com/stderr")',
          `timestamp >= ${JSON.stringify(new Date(since).toISOString())}`,
          ...(filter === undefined ? [] : [JSON.stringify(filter)]),
        ]
          .map((term) => `(${term})`)
          .join(" AND "),
        orderBy: "timestamp asc",
        pageSize: PAGE,
        ...(pageToken === undefined ? {} : { pageToken }),
      };
      const call = { verb: "POST", path: "v2/entries:list", body, signal } as const;
      const page: { readonly entries?: readonly LogEntry[]; readonly nextPageToken?: string } =
        (await this.#call("logging", call, `reading the logs of ${name}`)) ?? {};
      for (const entry of page.entries ?? []) {
        const { insertId = "", timestamp = "" } = entry;
        yield { id: `${timestamp} ${insertId}`, at: Date.parse(timestamp), text: textOf(entry) };
      }
      pageToken = page.nextPageToken === "" ? undefined : page.nextPageToken;
    } while (pageToken !== undefined);
  }

  /** Undefined where Google says that there is no such thing. */
  async #call<Answer>(
    api: GoogleApi,
    call: GoogleCall,
    doing: string,
  ): Promise<Answer | undefined> {
    try {
      return await unlessGone(this.#google.call<Answer>(api, call));
    } catch (error) {
      throw deployError(error, doing);
    }
  }

  #secret(name: string): string {
    return `v1/projects/${this.#place.project}/secrets/${name}`;
  }
}

/** A line of JSON is kept as what it says. */
function textOf({ textPayload, jsonPayload }: LogEntry): string {
  return (textPayload ?? JSON.stringify(jsonPayload ?? {})).trimEnd();
}

function missing(name: string, doing: string): AlienError {
  return new AlienError("SECRET_MISSING", `${doing} failed: no such secret is deployed`, {
    fix: "Declare it with .secret() on a function, deploy, then set it.",
    details: { name },
  });
}
