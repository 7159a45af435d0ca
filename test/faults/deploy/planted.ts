import type { Replacement } from "../../simulation/bundle.ts";

/** A mistake that the campaign must notice. */
export interface Planted extends Replacement {
  readonly name: string;
}

const src = "packages/deploy/src";

/** Mistakes of the kind that deploy tools have shipped, each a few words of the product's text. */
export const planted: readonly Planted[] = [
  {
    name: "what is about to be made is written down afterwards",
    file: `${src}/apply/apply-plan.ts`,
    find: "begin: (state) => beginState(plan, state),",
    replace: "begin: (state) => state,",
  },
  {
    name: "what the state has not seen made is not looked for",
    file: `${src}/plan/observe.ts`,
    find: "  const readOnce = (target: Target): Promise<RemotePart | undefined> => {\n",
    replace:
      "  const readOnce = async (target: Target): Promise<RemotePart | undefined> => {\n    if (target.isInDoubt) return undefined;\n",
  },
  {
    name: "what is found half made is taken for ready",
    file: `${src}/plan/plan-part.ts`,
    find: "const found = differences(controller, config, remote, place);",
    replace:
      'const found = kept?.status === "creating" ? [] : differences(controller, config, remote, place);',
  },
  {
    name: "the state forgets a part before it is deleted",
    file: `${src}/apply/delete-part.ts`,
    find: "  await controller.delete(context, remote);",
    replace:
      "  await run.session.change((state) => withoutThing(state, step.part, step));\n  await controller.delete(context, remote);",
  },
  {
    name: "a state is written in its place",
    file: `${src}/state/file-state-store.ts`,
    find: "    await writeFlushed(temporary, text);\n",
    replace:
      "    await writeFlushed(join(folder, fileName(number)), text);\n    return String(number);\n",
  },
  {
    name: "a lock lasts until it is given back",
    file: `${src}/state/watch-lock.ts`,
    find: "return until > now && until <= now + LOCK_MS",
    replace: "return until > 0",
  },
  {
    name: "a lock keeps nobody out",
    file: `${src}/state/watch-lock.ts`,
    find: "return until > now && until <= now + LOCK_MS",
    replace: "return false",
  },
];
