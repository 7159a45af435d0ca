import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Button } from "../parts/button.tsx";
import { shortcuts, useKeys } from "./keys.ts";

/** Whether the keys are shown. */
export const keysShown = signal(false);

export function KeysHelp() {
  const keys = useMemo(
    () => [{ key: "?", does: "show these keys", run: () => (keysShown.value = true) }],
    [],
  );
  useKeys(keys);
  return keysShown.value ? <Keys /> : undefined;
}

function Keys() {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  const close = () => {
    keysShown.value = false;
  };
  const all = new Map(shortcuts.value.map(({ key, does }) => [key, does]));
  return (
    <dialog ref={element} class="dialog" aria-label="Keys" onClose={close}>
      <h2>Keys</h2>
      <dl class="keys">
        <div>
          <dt>
            <kbd>Ctrl</kbd> <kbd>K</kbd>
          </dt>
          <dd>search, or go to an id</dd>
        </div>
        {[...all].map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((each) => (
                <kbd key={each}>{each}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-actions">
        <Button onClick={close}>Close</Button>
      </div>
    </dialog>
  );
}
