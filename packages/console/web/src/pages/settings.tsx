import type { Signal } from "@preact/signals";
import { now } from "../data/now.ts";
import { health } from "../data/queues.ts";
import { live, readOnly, servedReadOnly, theme, times } from "../data/settings.ts";
import { PageHead } from "../parts/page-head.tsx";
import { zoneAt } from "../parts/time.tsx";

/** What the reader chooses; kept by the browser. */
export function SettingsPage() {
  const { name, platform, stage } = health.value ?? {};
  return (
    <>
      <PageHead title="Settings" />
      <section class="card settings">
        <Choice
          name="Theme"
          hint="System follows what this machine prefers."
          chosen={theme}
          choices={["system", "light", "dark"]}
        />
        <Choice
          name="Times"
          hint={`The other one is shown under the pointer. Clocks are this machine's: ${zoneAt(now.value)}.`}
          chosen={times}
          choices={["relative", "absolute"]}
        />
        <Choice
          name="Read-only"
          hint={
            servedReadOnly.value
              ? "The server was started with --read-only: nothing can be changed, whatever is chosen here."
              : "Nothing can be changed from this browser: for a screen that many see."
          }
          chosen={readOnly}
          choices={["no", "yes"]}
        />
        <fieldset class="choice">
          <legend>Refresh</legend>
          <div class="segments">
            <label>
              <input
                type="radio"
                name="live"
                checked={live.value}
                onChange={() => (live.value = true)}
              />
              <span>live</span>
            </label>
            <label>
              <input
                type="radio"
                name="live"
                checked={!live.value}
                onChange={() => (live.value = false)}
              />
              <span>held</span>
            </label>
          </div>
          <p class="hint">Held until this page is left, or until p is pressed.</p>
        </fieldset>
      </section>
      <p class="hint">
        {name === undefined ? "Not connected." : `Stack ${name} on ${platform}`}
        {stage === undefined ? "" : `, stage ${stage}`}
      </p>
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly hint: string;
  readonly chosen: Signal<T>;
  readonly choices: readonly T[];
}

function Choice<T extends string>({ name, hint, chosen, choices }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend>{name}</legend>
      <div class="segments">
        {choices.map((choice) => (
          <label key={choice}>
            <input
              type="radio"
              name={name}
              checked={chosen.value === choice}
              onChange={() => {
                chosen.value = choice;
              }}
            />
            <span>{choice}</span>
          </label>
        ))}
      </div>
      <p class="hint">{hint}</p>
    </fieldset>
  );
}
