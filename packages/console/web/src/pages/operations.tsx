import { useEffect } from "preact/hooks";
import { loadOperations, operations } from "../data/queues.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { OperationProgress } from "../parts/operation-progress.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Time } from "../parts/time.tsx";

const TONES: Readonly<Record<string, Tone>> = {
  RUNNING: "inFlight",
  SUCCEEDED: "good",
  FAILED: "dead",
  CANCELLED: "plain",
};

/** Bulk work on the server, which goes on whether a page is open or not. */
export function OperationsPage() {
  useEffect(() => void loadOperations(), []);
  const all = operations.value;
  return (
    <>
      <PageHead title="Operations" />
      {all.length === 0 ? (
        <Empty title="No bulk work yet">
          Redriving or discarding all dead letters that match a filter runs on the server, and is
          here with its progress.
        </Empty>
      ) : (
        <section class="card operations" aria-label="Bulk work">
          {all.map((operation) => (
            <div key={operation.id} class="operation-row">
              <Badge tone={TONES[operation.status] ?? "plain"}>
                {operation.status.toLowerCase()}
              </Badge>
              <OperationProgress operation={operation} />
              <span class="when">
                <Time at={operation.startedAt} />
              </span>
              {operation.error === undefined ? undefined : (
                <span class="tail-error">{operation.error.detail}</span>
              )}
            </div>
          ))}
        </section>
      )}
    </>
  );
}
