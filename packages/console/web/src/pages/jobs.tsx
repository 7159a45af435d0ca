import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Applied, inTime } from "../data/applied.ts";
import type { Job, JobStatus } from "../data/model.ts";
import { usePages } from "../data/pages.ts";
import { queues } from "../data/queues.ts";
import { request } from "../data/request.ts";
import { prettyJson } from "../json/exact.ts";
import { Link } from "../navigation/link.tsx";
import { navigate, query, setQuery } from "../navigation/location.ts";
import { places } from "../navigation/places.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Empty } from "../parts/empty.tsx";
import { Select } from "../parts/field.tsx";
import { shortened } from "../parts/format.ts";
import { PageHead } from "../parts/page-head.tsx";
import { CannotTell, ProblemNote } from "../parts/problem-note.tsx";
import { Rows } from "../parts/rows.tsx";
import { Time } from "../parts/time.tsx";
import { attempt } from "../parts/toasts.tsx";
import { Tries } from "../parts/tries.tsx";

const STATUSES: readonly JobStatus[] = [
  "PENDING",
  "RUNNING",
  "SUCCEEDED",
  "DEAD",
  "FAILED",
  "CANCELLED",
];

const TONES: Readonly<Record<JobStatus, Tone>> = {
  PENDING: "ready",
  RUNNING: "inFlight",
  SUCCEEDED: "good",
  DEAD: "dead",
  FAILED: "dead",
  CANCELLED: "plain",
};

/** Messages as pieces of work: where each stands, and what came of it. */
export function JobsPage() {
  const known = queues.value ?? [];
  const queue = query.value.get("queue") ?? known[0]?.id ?? "";
  // As the CLI has it, too.
  const status = (query.value.get("status") ?? "").toUpperCase();
  const isStatus = status === "" || STATUSES.some((each) => each === status);
  const isNamed = query.value.has("queue");
  // A link shows the same to somebody whose first queue is another.
  useEffect(() => {
    if (!isNamed && queue !== "") setQuery({ queue }, { replace: true });
  }, [isNamed, queue]);
  return (
    <>
      <PageHead title="Jobs" />
      <section class="card list-card" aria-label="Jobs">
        <div class="list-head">
          <Select
            label="Queue"
            value={queue}
            choices={known.map(({ id }) => [id, id])}
            onChange={(value) => setQuery({ queue: value })}
          />
          <Select
            label="Status"
            value={status}
            choices={[
              ["", "any status"],
              ...STATUSES.map((each) => [each, each.toLowerCase()] as const),
            ]}
            onChange={(value) => setQuery({ status: value })}
          />
        </div>
        {queue === "" ? undefined : isStatus ? (
          <JobList queue={queue} status={status} />
        ) : (
          <Empty title={`There is no status ${shortened(status.toLowerCase(), 40)}`}>
            Choose one above.
          </Empty>
        )}
      </section>
    </>
  );
}

function JobList({ queue, status }: { readonly queue: string; readonly status: string }) {
  const filter = status === "" ? "" : `&status=${status}`;
  const { items, problem, more, reload } = usePages<Job>(
    `/jobs?queue=${encodeURIComponent(queue)}${filter}`,
  );
  const busy = useSignal("");
  if (problem !== undefined && items === undefined) {
    const unkept = problem.code === "JOBS_NOT_KEPT" || problem.status === 501;
    return unkept ? (
      <CannotTell>{`${problem.message}. ${problem.fix ?? ""}`}</CannotTell>
    ) : (
      <ProblemNote problem={problem} onRetry={reload} />
    );
  }
  if (items === undefined) return <div class="skeleton" aria-busy="true" />;
  if (items.length === 0) {
    return (
      <Empty
        title={status === "" ? "No jobs yet" : `No job is ${status.toLowerCase()}`}
        snippet={`import { queue } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";

const { id } = await (await queue("${queue}")).send("${queue}", { hello: "world" });
const job = await operate("${queue}").jobs.wait(id, { timeout: "30s" });   // { status, attempts, result? }`}
      >
        Every message is a job: it can be asked for by its id until a day after its end, or for as
        long as .results() says.
      </Empty>
    );
  }
  const act = (job: Job, what: "cancel" | "requeue") => {
    busy.value = job.id;
    const path = `/jobs/${encodeURIComponent(job.id)}/${what}?queue=${encodeURIComponent(queue)}`;
    void attempt(
      async () => inTime(await request<Applied>("POST", path)),
      () => "Done",
    ).then(() => {
      busy.value = "";
      reload();
    });
  };
  return (
    <Rows
      items={items}
      label="Jobs, the newest first"
      narrowHeight={80}
      keyOf={({ id }) => id}
      onEnd={more}
      onOpen={({ id }) => navigate(places.message(queue, id))}
      render={(job) => (
        <div class="job-row">
          <Link to={places.message(queue, job.id)} class="job">
            <Badge tone={TONES[job.status]}>{job.status.toLowerCase()}</Badge>
            <span class="mono id">{job.id}</span>
            <Outcome job={job} />
            <Tries history={job.attempts} />
            <span class="when">
              <Time at={job.endedAt ?? job.dueAt ?? job.sentAt} />
            </span>
          </Link>
          <span class="job-action">
            {job.status === "PENDING" ? (
              <Button
                kind="quiet"
                disabled={busy.value === job.id}
                onClick={() => act(job, "cancel")}
                changes
              >
                Cancel
              </Button>
            ) : undefined}
            {job.status === "DEAD" ? (
              <Button
                kind="quiet"
                disabled={busy.value === job.id}
                onClick={() => act(job, "requeue")}
                changes
              >
                Requeue
              </Button>
            ) : undefined}
          </span>
        </div>
      )}
    />
  );
}

/** What there is to say of a job that has neither an error nor a result. */
const NOTHING: Readonly<Record<JobStatus, string>> = {
  PENDING: "not tried yet",
  RUNNING: "is handled now",
  SUCCEEDED: "handled, without a result",
  DEAD: "a dead letter",
  FAILED: "its dead letter is gone",
  CANCELLED: "cancelled before it was tried",
};

function Outcome({ job: { result, lastError, name, status } }: { readonly job: Job }) {
  const told =
    lastError === undefined
      ? result === undefined
        ? undefined
        : shortened(prettyJson(result) ?? "", 200)
      : shortened(`${lastError.code}: ${lastError.message}`, 200);
  return (
    <span class={told === undefined ? "job-outcome faint" : "job-outcome"}>
      {name === undefined ? undefined : <Badge title="the handler's name">{name}</Badge>}{" "}
      {told ?? NOTHING[status]}
    </span>
  );
}
