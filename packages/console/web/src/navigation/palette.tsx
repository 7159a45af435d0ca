import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { queues } from "../data/queues.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { navigate } from "./location.ts";
import { places } from "./places.ts";

/** Whether the search over the page is open. */
export const palette = signal(false);

window.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  palette.value = !palette.peek();
});

interface Choice {
  readonly icon: IconName;
  readonly text: string;
  readonly hint: string;
  readonly to: string;
}

export function Palette() {
  return palette.value ? <OpenPalette /> : undefined;
}

function OpenPalette() {
  const element = useRef<HTMLDialogElement>(null);
  const text = useSignal("");
  const at = useSignal(0);
  useEffect(() => element.current?.showModal(), []);
  const choices = choicesFor(text.value.trim());
  const close = () => {
    palette.value = false;
  };
  const go = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    close();
    navigate(choice.to);
  };
  const move = (by: number) => {
    at.value = (at.value + by + choices.length) % choices.length;
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key of a dialog
    <dialog
      ref={element}
      class="palette"
      aria-label="Search"
      onClose={close}
      onClick={(event) => {
        if (event.target === element.current) close();
      }}
    >
      <input
        class="palette-input"
        role="combobox"
        aria-label="Search messages, or jump to an id"
        aria-expanded="true"
        aria-controls="palette-choices"
        aria-activedescendant={`palette-${at.value}`}
        placeholder='an id, a page, or: queue:emails state:dead payload.to:"a@b"'
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(1);
          else if (event.key === "ArrowUp") move(-1);
          else if (event.key === "Enter") go(choices[at.value]);
          else return;
          event.preventDefault();
        }}
      />
      <div id="palette-choices" class="palette-choices" role="listbox" aria-label="Where to go">
        {choices.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the same
          <div
            key={choice.to + choice.text}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at.value}
            class="palette-choice"
            onClick={() => go(choice)}
          >
            <Icon name={choice.icon} />
            <span class="palette-text">{choice.text}</span>
            <span class="hint">{choice.hint}</span>
          </div>
        ))}
      </div>
    </dialog>
  );
}

function choicesFor(text: string): readonly Choice[] {
  const lower = text.toLowerCase();
  const search: Choice = {
    icon: "search",
    text: text === "" ? "Search" : `Search for ${text}`,
    hint: "messages",
    to: places.search(text === "" ? undefined : text),
  };
  const isQuery = /[:<>]/.test(text) || text.length >= 16;
  const ofQueues = (queues.value ?? []).flatMap(({ id, stats }): readonly Choice[] => [
    { icon: "queue", text: id, hint: "queue", to: places.queue(id) },
    ...((stats?.dead ?? 0) > 0
      ? [{ icon: "dead" as const, text: `${id} dead letters`, hint: "", to: places.dead(id) }]
      : []),
    { icon: "send", text: `send to ${id}`, hint: "new message", to: places.send(id) },
  ]);
  const pages: readonly Choice[] = [
    { icon: "overview", text: "Overview", hint: "page", to: places.overview },
    { icon: "dead", text: "Dead letters", hint: "page", to: places.deadLetters },
    { icon: "jobs", text: "Jobs", hint: "page", to: places.jobs },
    { icon: "bindings", text: "Bindings", hint: "page", to: places.bindings },
    { icon: "operations", text: "Operations", hint: "page", to: places.operations },
    { icon: "clock", text: "Clock", hint: "page", to: places.clock },
    { icon: "settings", text: "Settings", hint: "page", to: places.settings },
  ];
  const found = [...ofQueues, ...pages].filter((each) => each.text.toLowerCase().includes(lower));
  return (isQuery || text === "" ? [search, ...found] : [...found, search]).slice(0, 12);
}
