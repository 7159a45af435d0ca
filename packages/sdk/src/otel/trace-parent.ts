import { readTelemetrySettings, type TraceParent } from "../telemetry-settings.ts";

let chosen: TraceParent | undefined;

/** Whether handlers' spans are children of what sent their messages; by default as ALIEN_TRACE_PARENT says. */
export function traceParent(): TraceParent {
  chosen ??= readTelemetrySettings(process.env).parent;
  return chosen;
}

/** Undefined leaves it to the environment. */
export function chooseTraceParent(parent: TraceParent | undefined): void {
  chosen = parent;
}
