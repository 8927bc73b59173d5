const ESCAPE = String.fromCodePoint(27)
const BELL = String.fromCodePoint(7)
/** Ends a string for the terminal, where it is written with eight bits. */
const STRING_END = String.fromCodePoint(0x9c)
/** Controls, line separators, and what turns the direction of a line so that it reads as something else. */
const CONTROL = '[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Bidi_Control}]'
const COLOUR = new RegExp(`^${ESCAPE}\\[[0-9;]*m$`)
/** Sequences with parameters, strings for the terminal to their end, short ones; tabs may stay. */
const STEERING = new RegExp(
  [
    `${ESCAPE}\\[[0-?]*[ -/]*[@-~]`,
    `${ESCAPE}[\\]PX^_][^${BELL}${ESCAPE}${STRING_END}]*(?:${BELL}|${STRING_END}|${ESCAPE}\\\\)?`,
    `[\\u0090\\u0098\\u009d-\\u009f][^${BELL}${ESCAPE}${STRING_END}]*(?:${BELL}|${STRING_END}|${ESCAPE}\\\\)?`,
    `\\u009b[0-?]*[ -/]*[@-~]`,
    `${ESCAPE}[ -/]+[0-~]?`,
    `${ESCAPE}.?`,
    `(?!\\t)${CONTROL}`,
  ].join('|'),
  'gu',
)

/**
 * One line as it may go to somebody's terminal: colours stay, everything else that steers a terminal
 * goes: titles, the clipboard, links, cursor moves, reports, new lines (rule C15).
 */
export const harmless = (line: string): string =>
  line.replace(STEERING, (sequence) => (COLOUR.test(sequence) ? sequence : ''))

/** As `harmless`, and without colours: where a text stands among others, these would go on. */
export const plain = (line: string): string => line.replace(STEERING, '')

/** Of lines that are ours: each as `harmless`, and they end where they end. */
export const harmlessLines = (text: string): string =>
  text.includes('\n') ? text.split('\n').map(harmless).join('\n') : harmless(text)
