import { Fragment } from "preact";
import { inTurn } from "../../data/in-turn.ts";
import { useLoaded } from "../../data/loaded.ts";
import type { ErrorGroup, List } from "../../data/model.ts";
import { isLocal, queues, runningOf } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { NOTHING, OF_THE_DEAD, useActivity } from "../../data/use-activity.ts";
import { Link } from "../../navigation/link.tsx";
import { places } from "../../navigation/places.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { count, counted } from "../../parts/format.ts";
import { OperationProgress } from "../../parts/operation-progress.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Time } from "../../parts/time.tsx";
import { GroupActions } from "./group-actions.tsx";

/** Every queue that has dead letters, with their errors. */
export function AllDeadLettersPage() {
  const withDead = (queues.value ?? [])
    .filter(({ stats }) => (stats?.dead ?? 0) > 0)
    .sort((a, b) => (b.stats?.dead ?? 0) - (a.stats?.dead ?? 0));
  return (
    <>
      <PageHead title="Dead letters" />
      {queues.value !== undefined && withDead.length === 0 ? (
        isLocal.value === false ? (
          <Empty title="No dead letters are counted">
            The platform counts late. To look now, which takes them on loan for the moment:{" "}
            {queues.value.map(({ id }, index) => (
              <Fragment key={id}>
                {index === 0 ? "" : ", "}
                <Link to={places.dead(id)}>{id}</Link>
              </Fragment>
            ))}
          </Empty>
        ) : (
          <Empty title="No dead letters in any queue">
            What has spent all its attempts is kept here until somebody decides about it.
          </Empty>
        )
      ) : undefined}
      {withDead.map(({ id, stats }) => (
        <QueueErrors key={id} queue={id} dead={stats?.dead ?? 0} />
      ))}
    </>
  );
}

function QueueErrors({ queue, dead }: { readonly queue: string; readonly dead: number }) {
  const path = `/queues/${encodeURIComponent(queue)}/dead-letters`;
  const local = isLocal.value;
  const { data, reload } = useLoaded(
    local === undefined ? undefined : `${path} ${local ? dead : ""}`,
    (signal) =>
      inTurn(path, signal, () => request<List<ErrorGroup>>("GET", `${path}/groups`, { signal })),
    { follows: local === true },
  );
  useActivity(queue, reload, local === true ? OF_THE_DEAD : NOTHING);
  const running = runningOf(queue);
  const groups = [...(data?.items ?? [])].sort((a, b) => b.count - a.count);
  return (
    <section class="card">
      <div class="card-head">
        <h2>
          <Link to={places.dead(queue)}>{queue}</Link>
        </h2>
        <span class="hint">{counted(dead, "dead letter")}</span>
        {local === false ? (
          <Button kind="quiet" onClick={reload}>
            Look again
          </Button>
        ) : undefined}
      </div>
      {running === undefined ? undefined : <OperationProgress operation={running} />}
      <div class="plain-groups">
        {groups.map((group) => {
          const { code, message, count: number, last } = group;
          return (
            <div key={code + message} class="group-row">
              <Link to={places.dead(queue, { code, error: message.slice(0, 256) })} class="group">
                <span class="group-count number">{count(number)}</span>
                <span class="group-text">
                  <code class="code">{code}</code>
                  <span class="error-text">{message}</span>
                </span>
                <span class="when">
                  last <Time at={last} />
                </span>
              </Link>
              <GroupActions queue={queue} group={group} onDone={reload} />
            </div>
          );
        })}
      </div>
    </section>
  );
}
