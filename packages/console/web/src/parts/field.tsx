import type { ComponentChildren } from "preact";

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  readonly children: ComponentChildren;
}

/** A label, what is asked for, and what is wrong with it. */
export function Field({ label, hint, problem, children }: FieldProps) {
  return (
    <div class="field">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children */}
      <label>
        <span class="field-label">{label}</span>
        {children}
      </label>
      {hint === undefined ? undefined : <span class="hint">{hint}</span>}
      {problem === undefined ? undefined : (
        <span class="field-problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

interface TextProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  readonly label?: string;
  readonly mono?: boolean;
  readonly focused?: boolean;
  readonly name?: string;
}

export function TextInput({
  value,
  onInput,
  placeholder,
  label,
  mono = false,
  focused = false,
  name,
}: TextProps) {
  return (
    <input
      class={mono ? "input mono" : "input"}
      type="text"
      name={name}
      value={value}
      placeholder={placeholder}
      aria-label={label}
      autocomplete="off"
      spellcheck={false}
      // biome-ignore lint/a11y/noAutofocus: the first thing that a dialog asks for
      autoFocus={focused}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

interface SelectProps {
  readonly value: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
  readonly label?: string;
}

export function Select({ value, choices, onChange, label }: SelectProps) {
  return (
    <select
      class="input"
      value={value}
      aria-label={label}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {choices.map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </select>
  );
}
