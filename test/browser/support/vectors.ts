/** What runs a script where text is taken for markup, each in its own way; `hit()` is what the page must never come to. */
const MARKUP = [
  "<script>hit()</script>",
  "<img src=x onerror=hit()>",
  "<svg onload=hit()>",
  "<svg><script>hit()</script></svg>",
  "<body onload=hit()>",
  "<iframe src=javascript:hit()></iframe>",
  '<iframe srcdoc="<script>parent.hit()</script>"></iframe>',
  "<a href=javascript:hit()>x</a>",
  "<details open ontoggle=hit()>",
  "<video><source onerror=hit()></video>",
  "<input autofocus onfocus=hit()>",
  "<style onload=hit()></style>",
  "<style>@import 'javascript:hit()';</style>",
  "<link rel=stylesheet href=//evil.example/x.css onerror=hit()>",
  "<base href=//evil.example/>",
  "<meta http-equiv=refresh content=0;url=javascript:hit()>",
  "<object data=javascript:hit()></object>",
  "<embed src=javascript:hit()>",
  "<form action=javascript:hit()><button autofocus>x</button></form>",
  "<math><mtext><script>hit()</script></mtext></math>",
  "<template shadowrootmode=open><img src=x onerror=hit()></template>",
  "<marquee onstart=hit()>x</marquee>",
  "javascript:hit()",
  "{{constructor.constructor('hit()')()}}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is text on purpose
  "${hit()}",
];

/** What breaks out of where the text may have been put. */
const BREAKOUTS = [
  (markup: string) => markup,
  (markup: string) => `">${markup}`,
  (markup: string) => `'>${markup}`,
  (markup: string) => `</script>${markup}`,
  (markup: string) => `</title>${markup}`,
  (markup: string) => `</textarea>${markup}`,
  (markup: string) => `-->${markup}`,
  (markup: string) => `]]>\u2028${markup}`,
];

/** Two hundred of them, each at most 128 characters, as long as a group may be. */
export const vectors: readonly string[] = BREAKOUTS.flatMap((breakOut) => MARKUP.map(breakOut));
