import { useSignal } from "@preact/signals";
import { exactText } from "../json/exact.ts";
import { count } from "./format.ts";

interface JsonTreeProps {
  readonly value: unknown;
  readonly name?: string | undefined;
  readonly depth?: number;
}

const OPEN_DEPTH = 3;
const SHOWN_AT_ONCE = 100;

/** JSON as a tree: numbers as they were written, parts folded, everything as text. */
export function JsonTree({ value, name, depth = 0 }: JsonTreeProps) {
  const exact = exactText(value);
  if (exact !== undefined) return <Leaf name={name} text={exact} tone="number" />;
  if (typeof value === "object" && value !== null) {
    return <Branch value={value} name={name} depth={depth} />;
  }
  const tone = value === null ? "null" : typeof value;
  return <Leaf name={name} text={JSON.stringify(value) ?? "undefined"} tone={tone} />;
}

interface BranchProps {
  readonly value: object;
  readonly name: string | undefined;
  readonly depth: number;
}

function Branch({ value, name, depth }: BranchProps) {
  const entries = Object.entries(value);
  const open = useSignal(depth < OPEN_DEPTH && entries.length <= SHOWN_AT_ONCE);
  const shown = useSignal(SHOWN_AT_ONCE);
  const isList = Array.isArray(value);
  const [before, after] = isList ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return <Leaf name={name} text={before + after} tone="null" />;
  return (
    <div class="json-branch">
      <button
        type="button"
        class="json-fold"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <span class="json-arrow" aria-hidden="true" />
        <Name name={name} />
        <span class="json-bracket">
          {open.value ? before : `${before} ${count(entries.length)} ${after}`}
        </span>
      </button>
      {open.value ? (
        <>
          <div class="json-children">
            {entries.slice(0, shown.value).map(([key, each]) => (
              <JsonTree key={key} name={key} value={each} depth={depth + 1} />
            ))}
            {entries.length > shown.value ? (
              <button
                type="button"
                class="json-more"
                onClick={() => {
                  shown.value += SHOWN_AT_ONCE * 10;
                }}
              >
                {count(entries.length - shown.value)} more
              </button>
            ) : undefined}
          </div>
          <span class="json-bracket json-end">{after}</span>
        </>
      ) : undefined}
    </div>
  );
}

interface LeafProps {
  readonly name: string | undefined;
  readonly text: string;
  readonly tone: string;
}

function Leaf({ name, text, tone }: LeafProps) {
  return (
    <div class="json-leaf">
      <Name name={name} />
      <span class={`json-${tone}`} dir="auto">
        {text}
      </span>
    </div>
  );
}

function Name({ name }: { readonly name: string | undefined }) {
  return name === undefined ? undefined : (
    <>
      <span class="json-name">{name}</span>
      <span class="json-colon">:</span>
    </>
  );
}
