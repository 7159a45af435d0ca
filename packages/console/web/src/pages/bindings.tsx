import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLoaded } from "../data/loaded.ts";
import type { Binding, FunctionInfo, List } from "../data/model.ts";
import { isLocal, loadQueues, queues } from "../data/queues.ts";
import { request } from "../data/request.ts";
import { Link } from "../navigation/link.tsx";
import { places } from "../navigation/places.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Empty } from "../parts/empty.tsx";
import { Field, Select } from "../parts/field.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { PausedBadge } from "../parts/paused-badge.tsx";
import { CannotTell, ProblemNote } from "../parts/problem-note.tsx";
import { achieve, attempt } from "../parts/toasts.tsx";

/** Which function consumes which queue. */
export function BindingsPage() {
  const told = JSON.stringify(
    queues.value?.map(({ id, consumer, paused }) => [id, consumer, paused]),
  );
  const { data, problem, reload } = useLoaded("bindings", (signal) =>
    request<List<Binding>>("GET", "/bindings", { signal }),
  );
  // What is there stays meanwhile, and with it the focus.
  useEffect(() => {
    if (told !== undefined) reload();
  }, [told, reload]);
  const functions = useLoaded("functions", (signal) =>
    request<List<FunctionInfo>>("GET", "/functions", { signal }),
  );
  const changing = useSignal<Binding | undefined>(undefined);
  const changed = async () => {
    await loadQueues();
    reload();
  };
  return (
    <>
      <PageHead title="Bindings" />
      {problem === undefined ? undefined : <ProblemNote problem={problem} onRetry={reload} />}
      {isLocal.value === false ? (
        <CannotTell>
          Which function consumes a queue of a stage is what alien.ts says: write .trigger() there,
          and deploy.
        </CannotTell>
      ) : undefined}
      {data?.items.length === 0 ? (
        <Empty
          title="No queue has a consumer"
          snippet={`const worker = new alien.Function("worker").trigger(tasks).build();`}
        >
          A function consumes a queue by a trigger in alien.ts, or by a binding that is made here.
        </Empty>
      ) : undefined}
      {data === undefined || data.items.length === 0 ? undefined : (
        <div class="card table-card">
          <table class="queues bindings">
            <thead>
              <tr>
                <th scope="col">Queue</th>
                <th scope="col">Consumed by</th>
                <th scope="col">Status</th>
                <th scope="col">
                  <span class="sr">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((binding) => (
                <BindingRow
                  key={binding.queue}
                  binding={binding}
                  onChange={() => {
                    changing.value = binding;
                  }}
                  onChanged={changed}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {changing.value === undefined ? undefined : (
        <BindDialog
          binding={changing.value}
          functions={functions.data?.items ?? []}
          onClose={() => {
            changing.value = undefined;
          }}
          onChanged={changed}
        />
      )}
    </>
  );
}

interface BindingRowProps {
  readonly binding: Binding;
  readonly onChange: () => void;
  readonly onChanged: () => Promise<void>;
}

function BindingRow({ binding, onChange, onChanged }: BindingRowProps) {
  const { queue, paused, boundBy } = binding;
  const consumer = consumerOf(binding);
  const path = `/bindings/${encodeURIComponent(queue)}`;
  const act = (work: () => Promise<unknown>, text: string) =>
    void attempt(
      async () => {
        await work();
        await onChanged();
      },
      () => text,
    );
  const unbind = () =>
    act(
      () => request("DELETE", `${path}?confirm=${encodeURIComponent(queue)}`),
      "As alien.ts says again",
    );
  const resume = () => act(() => request("POST", `${path}/resume`), `${queue} goes on`);
  return (
    <tr>
      <th scope="row">
        <Link to={places.queue(queue)} class="queue-name">
          {queue}
        </Link>
      </th>
      <td>
        {consumer ?? <span class="faint">nobody</span>}{" "}
        {boundBy === "operator" ? <Badge tone="delayed">bound by hand</Badge> : undefined}
      </td>
      <td>
        {paused === undefined ? (
          binding.status === "unknown" ? (
            <Badge title="The platform keeps no pause">unknown</Badge>
          ) : consumer === undefined ? undefined : (
            <Badge tone="good">active</Badge>
          )
        ) : (
          <PausedBadge paused={paused} />
        )}
      </td>
      <td class="right">
        <span class="row-actions">
          {paused === undefined ? undefined : (
            <Button kind="quiet" icon="play" onClick={resume} changes>
              Resume
            </Button>
          )}
          {boundBy === "operator" ? (
            <Button kind="quiet" icon="close" onClick={unbind} changes>
              Unbind
            </Button>
          ) : undefined}
          {isLocal.value === false ? undefined : (
            <Button kind="quiet" icon="bindings" onClick={onChange} changes>
              Change
            </Button>
          )}
        </span>
      </td>
    </tr>
  );
}

interface BindDialogProps {
  readonly binding: Binding;
  readonly functions: readonly FunctionInfo[];
  readonly onClose: () => void;
  readonly onChanged: () => Promise<void>;
}

function BindDialog({ binding, functions, onClose, onChanged }: BindDialogProps) {
  const { queue } = binding;
  const chosen = useSignal(consumerOf(binding) ?? functions[0]?.id ?? "");
  const status = useSignal("active");
  const bind = async () => {
    await request("PUT", `/bindings/${encodeURIComponent(queue)}`, {
      body: JSON.stringify({ function: chosen.value, status: status.value }),
    });
    onClose();
    await onChanged();
  };
  return (
    <Dialog
      title={`Who consumes ${queue}`}
      action="Bind"
      disabled={chosen.value === ""}
      onAction={() => achieve(bind, () => `${chosen.value} consumes ${queue}`)}
      onClose={onClose}
    >
      <Field label="Function">
        <Select
          value={chosen.value}
          choices={functions.map(({ id }) => [id, id])}
          onChange={(value) => {
            chosen.value = value;
          }}
        />
      </Field>
      <Field label="Status">
        <Select
          value={status.value}
          choices={[
            ["active", "active"],
            ["paused", "paused"],
          ]}
          onChange={(value) => {
            status.value = value;
          }}
        />
      </Field>
    </Dialog>
  );
}

function consumerOf(binding: Binding): string | undefined {
  return binding.function ?? binding.consumer;
}
