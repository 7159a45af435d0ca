import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError, environmentName } from "@alienplatform/core";

/** The binding that deploy or dev put into the environment, checked. Its value is never shown. */
export function readBinding(
  queue: string,
  environment: NodeJS.ProcessEnv,
): QueueBinding | undefined {
  const variable = environmentName(queue);
  const text = environment[variable];
  if (text === undefined || text === "") return undefined;
  const value = parse(text);
  if (value === undefined) throw invalid(variable, "is not a JSON object");
  if (value.version !== 1) {
    throw invalid(variable, `has version ${Number(value.version)}; this program reads version 1`);
  }
  if (value.queue !== queue) throw invalid(variable, `is not of queue "${queue}"`);
  if (typeof value.platform !== "string") throw invalid(variable, "names no platform");
  if (!isRecord(value.address)) throw invalid(variable, "has no address");
  if (!isRecord(value.options) || !hasOptions(value.options)) {
    throw invalid(variable, "lacks the queue's options");
  }
  // Every field that is read without a check of its own has been looked at above.
  return value as unknown as QueueBinding;
}

function hasOptions(options: Readonly<Record<string, unknown>>): boolean {
  const numbers = ["maxAttempts", "leaseMs", "retentionMs"];
  return numbers.every((name) => typeof options[name] === "number") && isRecord(options.backoff);
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
    fix: `Set ${variable} to what deploy wrote, or remove it.`,
    details: { variable },
  });
}
