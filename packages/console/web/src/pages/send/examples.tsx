import { useSignal } from "@preact/signals";
import { Button } from "../../parts/button.tsx";
import { TextInput } from "../../parts/field.tsx";
import { shortened } from "../../parts/format.ts";
import type { examplesOf } from "./kept-examples.ts";

interface ExamplesProps {
  readonly examples: ReturnType<typeof examplesOf>;
  /** What is written now. */
  readonly payload: string;
  readonly onChoose: (payload: string) => void;
}

/** Payloads that this browser keeps for the queue. */
export function Examples({ examples, payload, onChoose }: ExamplesProps) {
  const name = useSignal("");
  const keep = () => {
    examples.keep({ name: name.value.trim(), payload });
    name.value = "";
  };
  return (
    <section class="card" aria-label="Examples">
      <div class="card-head">
        <h2>Examples</h2>
        <span class="hint">kept by this browser</span>
      </div>
      <ul class="kept">
        {examples.kept.value.map((example) => (
          <li key={example.name}>
            <button type="button" class="kept-choose" onClick={() => onChoose(example.payload)}>
              <strong>{example.name}</strong>
              <span class="mono payload-line">{shortened(example.payload, 60)}</span>
            </button>
            <Button
              kind="quiet"
              icon="close"
              label={`Forget ${example.name}`}
              onClick={() => examples.drop(example.name)}
            />
          </li>
        ))}
      </ul>
      <div class="kept-new">
        <TextInput
          label="Name of the example"
          value={name.value}
          placeholder="a name for this payload"
          onInput={(value) => {
            name.value = value;
          }}
        />
        <Button disabled={name.value.trim() === ""} onClick={keep}>
          Keep
        </Button>
      </div>
    </section>
  );
}
