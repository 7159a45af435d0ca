import { type QueueBinding, type WrittenOptions, withDefaults } from "@alienplatform/bindings";
import { AlienError, environmentName } from "@alienplatform/core";
import type { Environment } from "./environment.ts";

/** The binding that deploy or dev put into the environment, checked. Its value is never shown. */
export function readBinding(queue: string, environment: Environment): QueueBinding | undefined {
  const variable = environmentName(queue);
  const text = environment[variable];
  if (text === undefined || text === "") return undefined;
  const value = parse(text);
  if (value === undefined) throw invalid(variable, "is not a JSON object");
  if (value.version !== 1) {
    const { version } = value;
    const which = typeof version === "number" ? `version ${version}` : "no version";
    throw invalid(variable, `has ${which}; this program reads "version": 1`);
  }
  // The platform first: with another one everything else of a binding is another's too.
  if (typeof value.platform !== "string") throw invalid(variable, "names no platform");
  if (value.queue !== queue) throw invalid(variable, `is not of queue "${queue}"`);
  if (!isRecord(value.address)) throw invalid(variable, "has no address");
  const { options = {} } = value;
  const wrong = isRecord(options) ? wrongOption(options) : "";
  if (wrong !== undefined) throw invalid(variable, `has no options${wrong}`);
  // Every field that is read without a check of its own has been looked at above.
  return { ...value, options: withDefaults(options as WrittenOptions) } as unknown as QueueBinding;
}

/** The first option that is there and not of its kind, as ".leaseMs". */
function wrongOption(options: Readonly<Record<string, unknown>>): string | undefined {
  const { backoff = {}, idempotency = {} } = options;
  if (!isRecord(backoff)) return ".backoff";
  if (!isRecord(idempotency)) return ".idempotency";
  const wrong = (of: Readonly<Record<string, unknown>>, names: readonly string[]) =>
    names.find((name) => of[name] !== undefined && typeof of[name] !== "number");
  const own = wrong(options, ["maxAttempts", "leaseMs", "retentionMs"]);
  if (own !== undefined) return `.${own}`;
  const ofBackoff = wrong(backoff, ["initialMs", "factor", "maxMs"]);
  return ofBackoff === undefined ? undefined : `.backoff.${ofBackoff}`;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // the caller says so, without the text, which may hold a secret
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(variable: string, what: string): AlienError {
  return new AlienError("BINDING_INVALID", `${variable} ${what}`, {
    fix: `Set ${variable} to { "version": 1, "platform", "queue", "options", "address" }, as docs/bindings.md shows it, or remove it.`,
    details: { variable },
  });
}
