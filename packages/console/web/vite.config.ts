import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

export default defineConfig({
  base: "/console/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [paintedByOneRequest()],
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssTarget: "chrome120",
  },
});

/**
 * Puts the styles and before-paint.js into the page: what it shows first needs no further request. The server puts its nonce
 * on every style and script of the page, so that its policy lets them pass.
 */
function paintedByOneRequest(): Plugin {
  const script = new URL("./before-paint.js", import.meta.url);
  return {
    name: "painted-by-one-request",
    apply: "build",
    transformIndexHtml: {
      order: "pre",
      handler: (html) =>
        html.replace(
          /<script src="\.\/before-paint\.js"><\/script>/,
          () => `<script>\n${readFileSync(script, "utf8")}</script>`,
        ),
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const page = bundle["index.html"];
        if (page?.type !== "asset") throw new Error("the page is no file of the build");
        const html = String(page.source).replace(
          /<link rel="stylesheet"[^>]* href="\/console\/([^"]+)">/,
          (_link, name: string) => {
            const styles = bundle[name];
            if (styles?.type !== "asset") throw new Error(`the build has no ${name}`);
            delete bundle[name];
            return `<style>${String(styles.source)}</style>`;
          },
        );
        if (!html.includes("<style>")) throw new Error("the page refers to no styles");
        page.source = html;
      },
    },
  };
}
