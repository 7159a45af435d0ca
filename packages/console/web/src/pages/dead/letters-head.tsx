import { lettersOf } from "../../data/dead-letters.ts";
import { isLocal } from "../../data/queues.ts";
import { setQuery } from "../../navigation/location.ts";
import { Button } from "../../parts/button.tsx";
import { Select } from "../../parts/field.tsx";
import { FilterInput } from "../../parts/filter-input.tsx";
import { Icon } from "../../parts/icon.tsx";
import { type DeadFilter, queryOf } from "./filter.ts";

interface LettersHeadProps {
  readonly queue: string;
  readonly filter: DeadFilter;
  readonly onLookAgain: () => void;
}

/** Which letters are listed, and the same ones to take along. */
export function LettersHead({ queue, filter, onLookAgain }: LettersHeadProps) {
  const { code, error = "", where = "" } = filter;
  const age = ageOf(filter);
  return (
    <div class="list-head letters-head">
      {code === undefined ? undefined : (
        <button type="button" class="chip" onClick={() => setQuery({ code: undefined })}>
          <span class="mono">{code}</span> ×<span class="sr">, any code</span>
        </button>
      )}
      <FilterInput
        label="Filter by the error's message"
        placeholder="part of the error"
        value={error}
        onChange={(value) => setQuery({ error: value }, { replace: error !== "" })}
      />
      <FilterInput
        label="Filter by a field of the payload"
        placeholder='payload field, like  to:"a@b"'
        value={where}
        onChange={(value) => setQuery({ where: value }, { replace: where !== "" })}
      />
      <Select
        label="Filter by how long they have been dead"
        value={age}
        choices={AGES.some(([each]) => each === age) ? AGES : [...AGES, [age, age]]}
        onChange={(value) => {
          const [olderThan, youngerThan] = value.split(" ");
          setQuery({ olderThan, youngerThan });
        }}
      />
      <span class="push" />
      {isLocal.value === false ? <Button onClick={onLookAgain}>Look again</Button> : undefined}
      <a
        class="button plain"
        aria-label="Export NDJSON"
        href={`${lettersOf(queue)}/export${queryOf(filter)}`}
        download={`${queue}-dead-letters.ndjson`}
      >
        <Icon name="export" />
        <span class="act-text">Export NDJSON</span>
      </a>
    </div>
  );
}

/** "olderThan youngerThan", either of them empty. */
const AGES: readonly (readonly [value: string, text: string])[] = [
  ["", "of any age"],
  [" 10m", "of the last 10 minutes"],
  [" 1h", "of the last hour"],
  [" 1d", "of the last day"],
  ["1h", "older than an hour"],
  ["1d", "older than a day"],
];

function ageOf({ olderThan = "", youngerThan = "" }: DeadFilter): string {
  return `${olderThan} ${youngerThan}`.trimEnd();
}
