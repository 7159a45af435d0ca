import type { Plugin } from "esbuild";

/**
 * Modules that the function's host has and node has not: whatever is asked of them is there, and does nothing. Given as
 * in `FunctionTarget.external`.
 */
export function standIns(external: readonly string[]): Plugin {
  return {
    name: "stand-ins",
    setup(build) {
      for (const pattern of external) {
        build.onResolve({ filter: filterOf(pattern) }, ({ path }) => ({
          path,
          namespace: "stand-in",
        }));
      }
      build.onLoad({ filter: /./, namespace: "stand-in" }, () => ({ contents: STAND_IN }));
    },
  };
}

/** As esbuild reads a pattern: at most one "*", which is any text. */
function filterOf(pattern: string): RegExp {
  const quoted = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${quoted.join(".*")}$`);
}

/** In CommonJS, of which any name can be imported: the bundler looks names up along the prototypes. */
const STAND_IN = `const own = (target, key) => typeof key === "symbol" || key === "then" || key in target;
const anything = new Proxy(function () {}, {
  get: (target, key) => (own(target, key) ? target[key] : anything),
  apply: () => anything,
});
module.exports = Object.create(new Proxy({}, {
  get: (target, key) => (own(target, key) || key === "__esModule" ? target[key] : anything),
}));`;
