import { type ComponentChildren, Fragment } from "preact";
import type { Attempt, Failure } from "../../data/model.ts";
import { now } from "../../data/now.ts";
import { span } from "../../parts/format.ts";
import { Time } from "../../parts/time.tsx";
import type { Shown } from "./shown.ts";

/** What happened to a message, the first first, and what is next. */
export function Timeline({ message }: { readonly message: Shown }) {
  const { sentAt, error, state, dueAt, leaseEndsAt, deadAt } = message;
  const history = message.history ?? [];
  const attempts = numberOf(message);
  return (
    <ol class="timeline">
      <Step tone="ready" name="Sent" at={sentAt} />
      {history.map((attempt, index) => (
        <Fragment key={`${attempt.number} ${attempt.endedAt}`}>
          <AttemptStep
            attempt={attempt}
            since={index === 0 ? sentAt : sinceAfter(history[index - 1])}
            failure={index === history.length - 1 ? error : undefined}
          />
          {isRedriven(attempt, history[index + 1]) ? (
            <Step tone="delayed" name="Redriven" at={attempt.redrivenAt} />
          ) : undefined}
        </Fragment>
      ))}
      {history.length === 0 && error !== undefined ? (
        <Step tone="dead" name={`Attempt ${attempts} failed`}>
          <ErrorText failure={error} />
        </Step>
      ) : undefined}
      {state === "inFlight" ? (
        <Step tone="inFlight" name={`Attempt ${attempts} is on its way`} open>
          {leaseEndsAt === undefined ? undefined : (
            <span class="hint">
              its lease ends <Time at={leaseEndsAt} />
            </span>
          )}
        </Step>
      ) : undefined}
      {state === "delayed" ? (
        <Step
          tone="delayed"
          name={attempts === 0 ? "Waits for its time" : "Waits for its next attempt"}
          open
        >
          <span class="hint">
            ready <Time at={dueAt} />
          </span>
        </Step>
      ) : undefined}
      {state === "ready" ? (
        <Step tone="ready" name="Ready" open>
          <span class="hint">
            waits for {span(Math.max(0, now.value - Date.parse(sentAt)))} by now
          </span>
        </Step>
      ) : undefined}
      {state === "dead" ? (
        <Step tone="dead" name="Dead" at={deadAt}>
          <span class="hint">is kept until somebody redrives or discards it</span>
        </Step>
      ) : undefined}
      {message.status === "SUCCEEDED" && history.length === 0 ? (
        <Step tone="good" name="Handled" />
      ) : undefined}
      {message.status === "CANCELLED" || message.status === "FAILED" ? (
        <Step
          tone="plain"
          name={message.status === "CANCELLED" ? "Cancelled" : "Given up for good"}
        />
      ) : undefined}
    </ol>
  );
}

/** Also where the time of it was not kept, as by an earlier version: attempts are counted anew then. */
function isRedriven({ number, redrivenAt }: Attempt, next: Attempt | undefined): boolean {
  return redrivenAt !== undefined || (next !== undefined && next.number <= number);
}

function sinceAfter(attempt: Attempt | undefined): string | undefined {
  return attempt?.redrivenAt ?? attempt?.endedAt;
}

interface AttemptStepProps {
  readonly attempt: Attempt;
  readonly since: string | undefined;
  /** The whole failure of the last one. */
  readonly failure: Failure | undefined;
}

const OUTCOMES = { SUCCEEDED: "succeeded", FAILED: "failed", EXPIRED: "lost its lease" };

function AttemptStep({ attempt, since, failure }: AttemptStepProps) {
  const { number, outcome, startedAt, endedAt, error } = attempt;
  const took = startedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt);
  const waited =
    startedAt === undefined || since === undefined
      ? undefined
      : Date.parse(startedAt) - Date.parse(since);
  return (
    <Step
      tone={outcome === "SUCCEEDED" ? "good" : outcome === "FAILED" ? "dead" : "warn"}
      name={`Attempt ${number} ${OUTCOMES[outcome]}`}
      at={endedAt}
    >
      <span class="hint">
        {took === undefined ? undefined : `took ${span(took)}`}
        {waited === undefined || waited < 1 ? undefined : `, after ${span(waited)}`}
      </span>
      {error === undefined ? undefined : <ErrorText failure={failure ?? error} />}
    </Step>
  );
}

function ErrorText({ failure }: { readonly failure: Failure }) {
  const { code, message, stack } = failure;
  return (
    <div class="failure">
      <code class="code">{code}</code>{" "}
      <span class="failure-message" dir="auto">
        {message}
      </span>
      {stack === undefined ? undefined : (
        <details>
          <summary>Stack</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <pre class="stack" tabIndex={0}>
            {stack}
          </pre>
        </details>
      )}
    </div>
  );
}

interface StepProps {
  readonly tone: string;
  readonly name: string;
  readonly at?: string | undefined;
  /** Not over yet. */
  readonly open?: boolean;
  readonly children?: ComponentChildren;
}

function Step({ tone, name, at, open = false, children }: StepProps) {
  return (
    <li class={`step tone-${tone} ${open ? "open" : ""}`}>
      <div class="step-head">
        <strong>{name}</strong>
        {at === undefined ? undefined : <Time at={at} />}
      </div>
      {children}
    </li>
  );
}

function numberOf({ attempts }: Shown): number {
  return attempts ?? 0;
}
