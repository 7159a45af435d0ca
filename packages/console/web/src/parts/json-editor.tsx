interface JsonEditorProps {
  readonly label: string;
  readonly value: string;
  readonly problem?: string | undefined;
  readonly onInput: (value: string) => void;
  readonly rows?: number;
}

/** JSON, or text, to type. Tab goes on to the next field, as everywhere. */
export function JsonEditor({ label, value, problem, onInput, rows = 14 }: JsonEditorProps) {
  return (
    <div class="editor">
      <textarea
        class="input mono"
        aria-label={label}
        aria-invalid={problem !== undefined}
        rows={rows}
        value={value}
        spellcheck={false}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {problem === undefined ? undefined : (
        <span class="field-problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

/** What is wrong with a JSON text, with its line; undefined where nothing is. */
export function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = /position (\d+)/.exec(message)?.[1];
    if (at === undefined || message.includes("line")) return message;
    const line = text.slice(0, Number(at)).split("\n").length;
    return `${message}, line ${line}`;
  }
}
