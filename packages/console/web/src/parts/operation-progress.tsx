import type { Operation } from "../data/model.ts";
import { request } from "../data/request.ts";
import { Button } from "./button.tsx";
import { count } from "./format.ts";
import { attempt } from "./toasts.tsx";

/** How far bulk work on the server is; it can be given up. */
export function OperationProgress({ operation }: { readonly operation: Operation }) {
  const { id, kind, queue, status, done, failed = 0, total } = operation;
  const give = () =>
    attempt(
      () => request("DELETE", `/operations/${encodeURIComponent(id)}`),
      () => "Given up: what is done is done",
    );
  return (
    <div class="operation">
      <span class="operation-name">
        {kind} of <strong>{queue}</strong>
      </span>
      <progress
        max={total ?? 1}
        {...(total === undefined ? {} : { value: done })}
        aria-label={kind}
      />
      <span class="number">
        {count(done)}
        {total === undefined ? "" : ` of ${count(total)}`}
        {failed === 0 ? "" : `, ${count(failed)} refused`}
      </span>
      {status === "RUNNING" ? (
        <Button kind="quiet" icon="close" onClick={() => void give()} changes>
          Give up
        </Button>
      ) : undefined}
    </div>
  );
}
