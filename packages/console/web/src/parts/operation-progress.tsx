import type { Operation } from "../data/model.ts";
import { request } from "../data/request.ts";
import { Button } from "./button.tsx";
import { count, counted } from "./format.ts";
import { attempt } from "./toasts.tsx";

/** How far bulk work on the server is; it can be given up. */
export function OperationProgress({ operation }: { readonly operation: Operation }) {
  const { id, kind, queue, status, done, total } = operation;
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
      {/* Of what has ended the number tells: a bar of an unknown whole would look empty. */}
      {status === "RUNNING" ? (
        <progress
          max={total ?? 1}
          {...(total === undefined ? {} : { value: done })}
          aria-label={kind}
        />
      ) : undefined}
      <span class="number">
        {total === undefined
          ? counted(done, "letter")
          : `${count(done)} of ${counted(total, "letter")}`}
      </span>
      {status === "RUNNING" ? (
        <Button kind="quiet" icon="close" onClick={() => void give()} changes>
          Give up
        </Button>
      ) : undefined}
    </div>
  );
}
