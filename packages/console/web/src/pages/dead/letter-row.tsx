import type { DeadLetter } from "../../data/model.ts";
import { Link } from "../../navigation/link.tsx";
import { places } from "../../navigation/places.ts";
import { PayloadLine } from "../../parts/payload-line.tsx";
import { Time } from "../../parts/time.tsx";
import { Tries } from "../../parts/tries.tsx";
import { RedriveOrDiscard } from "./redrive-or-discard.tsx";

const TITLES = { redrive: "Redrive (r)", discard: "Discard (d)" };

interface LetterRowProps {
  readonly letter: DeadLetter;
  readonly queue: string;
  readonly isSelected: boolean;
  readonly onToggle: () => void;
  readonly onRedrive: () => void;
  readonly onDiscard: () => void;
}

/** One dead letter: what it is, why it died, and what can be done with it at once. */
export function LetterRow({
  letter,
  queue,
  isSelected,
  onToggle,
  onRedrive,
  onDiscard,
}: LetterRowProps) {
  const { id, error, attempts, history = [], deadAt } = letter;
  return (
    <div class={isSelected ? "letter-row selected" : "letter-row"}>
      <input type="checkbox" checked={isSelected} aria-label={`Select ${id}`} onChange={onToggle} />
      <Link to={places.message(queue, id)} class="letter">
        <span class="letter-top">
          <span class="mono id">{id}</span>
          <PayloadLine message={letter} />
          <span class="when">
            died <Time at={deadAt} />
          </span>
        </span>
        <span class="letter-error">
          <code class="code">{error.code}</code>
          <span class="error-text" dir="auto">
            {error.message}
          </span>
          <Tries history={history} since={attempts} />
        </span>
      </Link>
      <span class="letter-actions">
        <RedriveOrDiscard of={id} titles={TITLES} onRedrive={onRedrive} onDiscard={onDiscard} />
      </span>
    </div>
  );
}
