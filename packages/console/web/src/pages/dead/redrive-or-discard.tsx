import { Button } from "../../parts/button.tsx";

interface RedriveOrDiscardProps {
  /** What is acted on, for those who hear the buttons. */
  readonly of: string;
  readonly titles: { readonly redrive: string; readonly discard: string };
  readonly onRedrive: () => void;
  readonly onDiscard: () => void;
}

/** The two ends of dead letters, beside what they are about. */
export function RedriveOrDiscard({ of, titles, onRedrive, onDiscard }: RedriveOrDiscardProps) {
  return (
    <>
      <Button
        kind="quiet"
        icon="redrive"
        label={`Redrive ${of}`}
        title={titles.redrive}
        onClick={onRedrive}
        changes
      >
        <span class="act-text">Redrive</span>
      </Button>
      <Button
        kind="quiet"
        icon="trash"
        label={`Discard ${of}`}
        title={titles.discard}
        onClick={onDiscard}
        changes
      />
    </>
  );
}
