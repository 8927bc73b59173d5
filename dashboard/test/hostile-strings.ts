const ESC = '\u001b'
const BEL = '\u0007'

/** What says that a script has run: nothing of ours has such a name. */
export const MARK = 'pwned'
const RUN = `window.${MARK}=1`

/** What people, apps and clients may put into texts that the dashboard shows (rule C15). */
export const HOSTILE_STRINGS: readonly string[] = [
  `<script>${RUN}</script>`,
  `"><img src=x onerror="${RUN}">`,
  `'"><svg/onload=${RUN}>`,
  `<svg><script>${RUN}</script><animate onbegin=${RUN}></svg>`,
  `</title></textarea></style><script>${RUN}</script>`,
  `<iframe srcdoc="<script>parent.${MARK}=1</script>"></iframe>`,
  `<a href="javascript:${RUN}" autofocus onfocus=${RUN}>click</a>`,
  `javascript:${RUN}//https://example.com`,
  `JaVaScRiPt\t:${RUN}`,
  `data:text/html,<script>opener.${MARK}=1</script>`,
  `<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<form action="https://evil.example"><input name=q><button formaction="javascript:${RUN}">`,
  `{{constructor.constructor('${RUN}')()}} \${${RUN}} <%= ${RUN} %>`,
  `<math><mtext><table><mglyph><style><img src onerror=${RUN}>`,
  `${ESC}]0;owned${BEL}title`,
  `${ESC}]2;owned${ESC}\\title`,
  `${ESC}]52;c;b3duZWQ=${BEL}clipboard`,
  `${ESC}]8;;javascript:${RUN}${BEL}link${ESC}]8;;${BEL}`,
  `${ESC}]8;;https://evil.example${ESC}\\link${ESC}]8;;${ESC}\\`,
  `${ESC}P1;2|payload${ESC}\\${ESC}_G payload${ESC}\\${ESC}^private${ESC}\\`,
  `${ESC}[2J${ESC}[H${ESC}[31mred${ESC}[0m${ESC}[6n${ESC}[?1049h`,
  `\u009b2J\u009d0;owned\u009c\u0090payload\u009c`,
  `${ESC}[31m<b onclick=${RUN}>bold</b>${ESC}[0m`,
  `invoice\u202egpj.exe \u2066\u2067\u2068nested`,
  `\u200f\u061c\u202dreversed`,
  `nothing\u0000\u0008\u000b\u000c\u007f\ufeff\ufffe\ud800 here`,
  `line one\r\nline two\u2028line three\u2029end`,
  'a'.repeat(4_000),
  `${'\u0301'.repeat(400)}tall`,
  `😀\u{1f468}\u200d\u{1f469}\u200d\u{1f467} ﷽ 𒐫`,
]

/**
 * Texts of free form in the API's replies, by their names. Those of a stricter form cannot hold such
 * a thing: the server's schemas do not let it in, and the dashboard's do not let it out.
 */
const FREE = new Set(
  (
    'subject author branch reason hint description message text summary note title detail ' +
    'actor target userAgent command name label host path server comment content problem ' +
    'warning question answer explanation words by folder username repository location'
  ).split(' '),
)
/** Names that the mock or the router looks things up by. */
const STRICT_NAMES = /^[a-z0-9][a-z0-9.-]*$/i

let turn = 0
/** For JSON.stringify: every free text becomes a hostile one, each another. */
export function spoil(key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !FREE.has(key)) return value
  if ((key === 'name' || key === 'host' || key === 'path') && STRICT_NAMES.test(value)) return value
  turn += 1
  return `${HOSTILE_STRINGS[turn % HOSTILE_STRINGS.length] ?? ''}${value}`
}
