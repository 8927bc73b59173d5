/** A run of text with one look. Colours are the sixteen names of a terminal, never a value. */
export interface AnsiSpan {
  text: string
  color: number | undefined
  bold: boolean
  dim: boolean
  italic: boolean
  underline: boolean
}

type Look = Omit<AnsiSpan, 'text'>

const PLAIN: Look = {
  color: undefined,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
}

/*
 * Rule C15: everything that a terminal would obey is dropped (OSC with links, titles and the
 * clipboard, DCS, cursor moves, reports), whether complete or cut off; only SGR is looked at.
 */
// biome-ignore format: one alternative a line
const ESCAPES = new RegExp(
  [
    '\\x1b[\\]PX^_][^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)?', // OSC, DCS, SOS, PM, APC
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]?', // CSI
    '\\x1b[ -/]*[0-~]?', // any other escape
  ].join('|'),
  'g',
)
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const SGR = /^(?:\x1b\[|\x9b)([0-9;:]*)m$/
/** Controls that a log line cannot mean, and marks that reorder what is read. */
// oxlint-disable-next-line no-control-regex -- the same
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g

/** Turns one line into runs of plain text. It never gives markup: a reader renders text nodes. */
export function parseAnsi(line: string): AnsiSpan[] {
  const spans: AnsiSpan[] = []
  let look = PLAIN
  let at = 0

  const push = (raw: string) => {
    const text = raw.replace(CONTROLS, '')
    if (text !== '') spans.push({ text, ...look })
  }

  const shown = afterLastReturn(line)
  for (const match of shown.matchAll(ESCAPES)) {
    push(shown.slice(at, match.index))
    at = match.index + match[0].length
    const codes = SGR.exec(match[0])?.[1]
    if (codes !== undefined) look = applyCodes(look, codes)
  }
  push(shown.slice(at))
  return spans
}

/** The same line with no colours, for searching and copying. */
export const plainText = (line: string): string =>
  parseAnsi(line)
    .map(({ text }) => text)
    .join('')

/** A progress line overwrites itself by carriage returns: what was written last is what is seen. */
const afterLastReturn = (line: string): string => {
  const trimmed = line.replace(/\r+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('\r') + 1)
}

function applyCodes(before: Look, text: string): Look {
  const codes = text.split(/[;:]/).map((code) => Number(code || '0'))
  let look = before
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes.slice(i + 1))
      if (code === 38 && color !== undefined) look = { ...look, color }
      i += used
      continue
    }
    look = applyCode(look, code)
  }
  return look
}

function applyCode(look: Look, code: number): Look {
  if (code === 0) return PLAIN
  if (code === 1) return { ...look, bold: true }
  if (code === 2) return { ...look, dim: true }
  if (code === 3) return { ...look, italic: true }
  if (code === 4) return { ...look, underline: true }
  if (code === 22) return { ...look, bold: false, dim: false }
  if (code === 23) return { ...look, italic: false }
  if (code === 24) return { ...look, underline: false }
  if (code >= 30 && code <= 37) return { ...look, color: code - 30 }
  if (code === 39) return { ...look, color: undefined }
  if (code >= 90 && code <= 97) return { ...look, color: code - 90 + 8 }
  return look
}

/** `5;n` and `2;r;g;b`: the nearest of the sixteen, so that it stays readable in both themes. */
function extendedColor(codes: readonly number[]): [color: number | undefined, used: number] {
  if (codes[0] === 5) return [indexedColor(codes[1] ?? 0), 2]
  if (codes[0] === 2) return [nearest(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), 4]
  return [undefined, 0]
}

function indexedColor(index: number): number | undefined {
  if (index < 16) return index
  if (index > 255) return undefined
  if (index >= 232) return index < 244 ? 8 : 7
  const cube = index - 16
  const level = (n: number) => (n === 0 ? 0 : 55 + 40 * n)
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
}

function nearest(red: number, green: number, blue: number): number {
  const high = Math.max(red, green, blue)
  if (high < 60) return 8
  const half = high * 0.6
  const hue = (red > half ? 1 : 0) | (green > half ? 2 : 0) | (blue > half ? 4 : 0)
  return high > 200 && hue !== 7 ? hue + 8 : hue
}
