import { pause, systemClock } from "@alienplatform/bindings";
import { AlienError, type Clock } from "@alienplatform/core";
import type { LogLine, LogOptions, StageOperator } from "@alienplatform/deploy";
import type { AzurePlace } from "./azure-place.ts";
import type { ArmResource } from "./control/arm.ts";
import { VAULT_VERSION } from "./control/key-vault.ts";
import { FIRST_VALUE } from "./control/key-vault-secret.ts";
import type { DeployClients } from "./deploy-clients.ts";
import { deployError } from "./deploy-errors.ts";
import { workspaceName } from "./names.ts";
import { vaultSecretId, workspaceId } from "./resource-ids.ts";

/** Between two looks at what is followed. */
const FOLLOW_MS = 5_000;

/** Logs arrive minutes late and not in order; as long back as this a followed log is looked at again. */
const LATE_MS = 300_000;

/** Rows of one answer. https://learn.microsoft.com/azure/azure-monitor/service-limits#log-queries-and-language */
const MOST_ROWS = 30_000;

/** Reads the logs of functions in Log Analytics, and writes secrets to Key Vault. */
export class AzureStageOperator implements StageOperator {
  readonly #clients: DeployClients;
  readonly #place: AzurePlace;
  readonly #clock: Clock;

  constructor(clients: DeployClients, place: AzurePlace, clock: Clock = systemClock) {
    this.#clients = clients;
    this.#place = place;
    this.#clock = clock;
  }

  async *logs(name: string, options: LogOptions): AsyncGenerator<LogLine> {
    const { follow, signal } = options;
    let since = options.since;
    let seen: ReadonlySet<string> = new Set();
    for (;;) {
      const lines = await this.#lines(name, since, options);
      for (const { id, ...line } of lines) if (!seen.has(id)) yield line;
      if (!follow || signal.aborted) return;
      seen = new Set(lines.map(({ id }) => id));
      since = Math.max(since, this.#clock.now() - LATE_MS);
      await pause(this.#clock, FOLLOW_MS, signal);
      if (signal.aborted) return;
    }
  }

  /** A new version of the secret, by Resource Manager; its tags stay, but for the one that says that nobody has set it. */
  async setSecret(name: string, value: string, signal: AbortSignal): Promise<void> {
    const doing = `setting the secret ${name}`;
    const { tags = {} } = await this.#secret(name, doing, signal);
    const { [FIRST_VALUE]: _, ...kept } = tags;
    await this.#told(doing, () =>
      this.#clients.patient.put(
        vaultSecretId(this.#place, name),
        VAULT_VERSION,
        { tags: kept, properties: { value } },
        { clock: this.#clock, signal },
      ),
    );
  }

  /** Deploy says by a tag that it has written the value; nobody has to set one that is random. */
  async hasSecret(name: string, signal: AbortSignal): Promise<boolean> {
    const { tags = {} } = await this.#secret(name, `looking at the secret ${name}`, signal);
    return tags[FIRST_VALUE] !== "placeholder";
  }

  async #secret(name: string, doing: string, signal: AbortSignal): Promise<ArmResource> {
    const id = vaultSecretId(this.#place, name);
    const found = await this.#told(doing, () =>
      this.#clients.patient.get(id, VAULT_VERSION, signal),
    );
    if (found !== undefined) return found;
    throw new AlienError("SECRET_MISSING", `${doing} failed: no such secret is deployed`, {
      fix: "Declare it with .secret() on a function, deploy, then set it.",
      details: { name },
    });
  }

  async #lines(
    name: string,
    since: number,
    { filter, signal }: LogOptions,
  ): Promise<readonly (LogLine & { readonly id: string })[]> {
    const { logs, logsEndpoint } = this.#clients;
    const workspace = workspaceId(this.#place, workspaceName(this.#place));
    const text = await this.#told(`reading the logs of ${name}`, () =>
      logs.send("POST", `${logsEndpoint}/v1${workspace}/query`, {
        body: { query: queryOf(name, since, filter) },
        signal,
      }),
    );
    // As https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format documents it.
    const { tables = [] } = JSON.parse(text) as {
      readonly tables?: readonly { readonly rows: readonly (readonly string[])[] }[];
    };
    return (tables[0]?.rows ?? []).map(([at = "", message = "", id = ""]) => ({
      id,
      at: Date.parse(at),
      text: message.trimEnd(),
    }));
  }

  async #told<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (error) {
      throw deployError(error, doing);
    }
  }
}

/** What functions write, by their library or by the console. */
const CATEGORIES = "^(Function[.].+[.]User|Host[.]Function[.]Console)$";

/** In Kusto's language. https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces */
function queryOf(app: string, since: number, filter: string | undefined): string {
  return [
    // What the host itself has to say is left out.
    `union (AppTraces | where tostring(Properties.Category) matches regex "${CATEGORIES}"), (AppExceptions | extend Message = OuterMessage)`,
    `where TimeGenerated >= datetime(${new Date(since).toISOString()})`,
    `where AppRoleName =~ ${JSON.stringify(app)}`,
    ...(filter === undefined ? [] : [`where Message contains_cs ${JSON.stringify(filter)}`]),
    "project TimeGenerated, Message, _ItemId",
    "order by TimeGenerated asc",
    `take ${MOST_ROWS}`,
  ].join(" | ");
}
