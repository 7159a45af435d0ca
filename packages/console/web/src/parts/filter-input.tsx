import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface FilterInputProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const PAUSE_MS = 350;

/** A filter, told on when the typing pauses, at Enter, and at once when it is cleared. */
export function FilterInput({ label, placeholder, value, onChange }: FilterInputProps) {
  const text = useSignal(value);
  useEffect(() => {
    text.value = value;
  }, [value, text]);
  useEffect(() => {
    if (text.value === value) return;
    const timer = setTimeout(() => onChange(text.peek().trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text.value, text, value, onChange]);
  return (
    <div class="filter">
      <Icon name="search" />
      <input
        class="filter-input"
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={text.value}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") onChange(text.peek().trim());
        }}
      />
    </div>
  );
}
