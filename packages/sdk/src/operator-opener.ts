import type { OpenOperator } from "@alienplatform/bindings/operate";

export type OperatorOpener = (queue: string) => Promise<OpenOperator>;

let opener: OperatorOpener | undefined;

/** Who answers for every queue's operator instead of the environment. */
export function operatorOpener(): OperatorOpener | undefined {
  return opener;
}

/** Lets the test kit answer; the result ends that. */
export function replaceOperatorOpener(replacement: OperatorOpener): () => void {
  const before = opener;
  opener = replacement;
  return () => {
    opener = before;
  };
}
