/** Texts that want to be more than text: HTML, markdown and terminal control, each payload in each way to say it. `mark` is what a vector that runs sets on `window`. */

/** HTML that runs where it becomes elements. */
const html = (mark: string): string[] => {
  const js = `window.${mark}=1`
  return [
    ...[
      `<script>${js}</script>`,
      `<img src=x onerror="${js}">`,
      `<svg onload="${js}">`,
      `<svg><script>${js}</script></svg>`,
    ],
    ...[
      `<body onload="${js}">`,
      `<input autofocus onfocus="${js}">`,
      `<details open ontoggle="${js}"><summary>x</summary></details>`,
    ],
    ...[
      `<iframe srcdoc="<script>parent.${mark}=1</script>"></iframe>`,
      `<iframe src="javascript:parent.${mark}=1"></iframe>`,
    ],
    ...[
      `<video><source onerror="${js}"></video>`,
      `<audio src=x onerror="${js}">`,
      `<object data="javascript:${js}"></object>`,
    ],
    ...[
      `<embed src="javascript:${js}">`,
      `<math><mi xlink:href="javascript:${js}">x</mi></math>`,
      `<style>@import "http://evil.test/x.css"</style>`,
    ],
    ...[`<base href="http://evil.test/">`, `<meta http-equiv="refresh" content="0;url=http://evil.test/">`],
    ...[
      `<form action="http://evil.test/"><button formaction="javascript:${js}">x</button></form>`,
      `<a href="javascript:${js}">x</a>`,
    ],
    ...[
      `<template><img src=x onerror="${js}"></template>`,
      `<noscript><p title="</noscript><img src=x onerror=${js}>">`,
    ],
    ...[
      `<svg><animate onbegin="${js}" attributeName=x dur=1s>`,
      `<svg><foreignObject><img src=x onerror="${js}"></foreignObject></svg>`,
    ],
    ...[
      `<img src="http://evil.test/pixel.png">`,
      `<link rel=stylesheet href="http://evil.test/x.css">`,
      `<marquee onstart="${js}">x</marquee>`,
    ],
    ...[
      `<scr<script>ipt>${js}</scr</script>ipt>`,
      `<IMG SRC=x OnErRoR=${js}>`,
      `<img/src=x/onerror=${js}>`,
      `<<img src=x onerror=${js}>`,
    ],
    ...[
      `<img src=x onerror="${js}" `,
      `"><img src=x onerror=${js}>`,
      `'><svg/onload=${js}>`,
      `--><img src=x onerror=${js}><!--`,
    ],
    ...[`]]><img src=x onerror=${js}>`, `</textarea><img src=x onerror=${js}>`, `</title><img src=x onerror=${js}>`],
    ...[
      `<dialog open><img src=x onerror=${js}></dialog>`,
      `<x onpointerenter=${js} style="position:fixed;inset:0">x</x>`,
    ],
    ...[
      `<div popover id=p onbeforetoggle=${js}></div><button popovertarget=p>x</button>`,
      `<isindex action=javascript:${js}>`,
    ],
  ]
}

/** Ways in which a text comes with other text around it. */
const AROUND: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `# ${text}`,
  (text) => `- ${text}\n  - ${text}`,
  (text) => `> ${text}`,
  (text) => `| a |\n|---|\n| ${text} |`,
  (text) => `\`\`\`html\n${text}\n\`\`\``,
  (text) => `\`${text}\``,
  (text) => `**${text}** ~~${text}~~`,
  (text) => `[${text}](https://example.com "${text}")`,
  (text) => `<div>\n\n${text}\n\n</div>`,
]

const urls = (mark: string): string[] => {
  const js = `window.${mark}=1`
  return [
    ...[
      `javascript:${js}`,
      `JaVaScRiPt:${js}`,
      `java\tscript:${js}`,
      `&#106;avascript:${js}`,
      `&#x6A;avascript:${js}`,
      `\u0001javascript:${js}`,
    ],
    ...[
      `vbscript:${js}`,
      `data:text/html,<script>${js}</script>`,
      `data:text/html;base64,${btoa(`<script>${js}</script>`)}`,
    ],
    ...[
      `data:image/svg+xml,<svg onload=${js}>`,
      'file:///etc/passwd',
      `blob:null/${js}`,
      `view-source:javascript:${js}`,
      `//evil.test/${mark}`,
    ],
    ...[
      `feed:javascript:${js}`,
      `intent://evil#Intent;scheme=javascript;end`,
      `\\\\evil.test\\x`,
      `jar:http://evil.test!/${mark}`,
      `about:blank#${js}`,
    ],
  ]
}

const LINKS: readonly ((url: string) => string)[] = [
  (url) => `[click](${url})`,
  (url) => `[click](<${url}>)`,
  (url) => `<${url}>`,
  (url) => `![picture](${url})`,
  (url) => `[ref]\n\n[ref]: ${url} "title"`,
  (url) => `[![in](${url})](${url})`,
  (url) => `see ${url} there`,
]

/** What a terminal obeys. */
const CONTROL: readonly ((text: string) => string)[] = [
  (text) => `\u001b]8;;${text}\u0007link\u001b]8;;\u0007`,
  (text) => `\u001b]8;;${text}\u001b\\link\u001b]8;;\u001b\\`,
  (text) => `\u001b]0;${text}\u0007`,
  (text) => `\u001b]52;c;${btoa(text)}\u0007`,
  (text) => `\u001b]1337;File=inline=1:${btoa(text)}\u0007`,
  (text) => `\u001bP+q${text}\u001b\\`,
  (text) => `\u001b[2J\u001b[H${text}`,
  (text) => `\u001b[31;1m${text}\u001b[0m`,
  (text) => `\u001b[999999999999m${text}`,
  (text) => `\u009b31m${text}\u009c`,
  (text) => `${text}\r\u001b[K safe`,
  (text) => `${text}\b\b\b\b\b\bok`,
  (text) => `\u202e${text}\u202c`,
  (text) => `\u200b${text}\ufeff`,
  (text) => `\u001b[8m${text}\u001b[28m`,
]

export type Vector = { kind: 'markdown' | 'output'; text: string }

/** At least 800 in all, each once; those of one kind spread evenly, so that a few of them are a few of each. */
export function vectors(mark: string): Vector[] {
  const payloads = html(mark)
  const said = AROUND.flatMap((around) => payloads.map((payload) => around(payload)))
  const linked = LINKS.flatMap((link) => urls(mark).map((url) => link(url)))
  const printed = CONTROL.flatMap((control) =>
    [...payloads.slice(0, 14), ...urls(mark).slice(0, 5)].map((one) => control(one)),
  )
  return [
    ...[...said, ...linked].map((text) => ({ kind: 'markdown' as const, text })),
    ...printed.map((text) => ({ kind: 'output' as const, text })),
  ]
}

export const liveHtml = html
