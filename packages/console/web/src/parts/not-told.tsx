interface NotToldProps {
  /** Whether the platform counts these messages, with those that are ready. */
  readonly asReady?: boolean;
}

/** In place of a number that the platform does not tell, which is not 0. */
export function NotTold({ asReady = false }: NotToldProps) {
  return (
    <span
      class="faint"
      title={
        asReady ? "Not known: the platform counts these as ready" : "The platform does not tell"
      }
    >
      –<span class="sr"> not known</span>
    </span>
  );
}
