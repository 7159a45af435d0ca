import { script } from "@bomb.sh/tab";
import { printed } from "./printed.ts";

/** What a shell evaluates once, so that it asks `alien complete` from then on. */
export function completionScript(shell: string): string {
  const text = printed(() => script(shell, "alien", "alien"));
  return shell === "bash" ? forPlainBash(text) : text;
}

/**
 * The script counts on a function of the package bash-completion, which many machines lack, and makes constants that a second
 * evaluation could not make again.
 */
function forPlainBash(text: string): string {
  return `${text.replaceAll(/^readonly (ShellCompDirective)/gm, "$1")}
if ! declare -F _get_comp_words_by_ref > /dev/null; then
_get_comp_words_by_ref() {
    cur="\${COMP_WORDS[COMP_CWORD]}"
    prev="\${COMP_WORDS[COMP_CWORD - 1]}"
    words=("\${COMP_WORDS[@]}")
    cword=$COMP_CWORD
}
fi`;
}
