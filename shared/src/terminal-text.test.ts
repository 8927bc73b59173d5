import { describe, expect, it } from 'vitest'
import { harmless, harmlessLines, plain } from './terminal-text.ts'

const ESC = '\u001b'
const BEL = '\u0007'

describe('what goes to a terminal (rule C15)', () => {
  it.each([
    ['a title', `${ESC}]0;owned${BEL}`],
    ['a title that ends by ST', `${ESC}]2;owned${ESC}\\`],
    ['a title in eight bits', '\u009d0;owned\u009c'],
    ['a title that never ends', `${ESC}]0;owned`],
    ['the clipboard', `${ESC}]52;c;cm0gLXJmIC8=${BEL}`],
    ['what is in the clipboard', `${ESC}]52;c;?${BEL}`],
    ['a link', `${ESC}]8;;https://evil.example${BEL}`],
    ['a colour of the palette', `${ESC}]4;1;rgb:00/00/00${ESC}\\`],
    ['a program of the terminal’s', `${ESC}P+q544e${ESC}\\`],
    ['an image', `${ESC}_Gf=100;AAAA${ESC}\\`],
    ['a private message', `${ESC}^note${ESC}\\`],
    ['a string of nothing', `${ESC}Xsos${ESC}\\`],
    ['the screen', `${ESC}[2J${ESC}[H`],
    ['the line before', `${ESC}[1A${ESC}[2K`],
    ['where the cursor is', `${ESC}[6n`],
    ['what the terminal is', `${ESC}[c${ESC}[>c`],
    ['the other screen', `${ESC}[?1049h`],
    ['pasting in brackets', `${ESC}[?2004l`],
    ['the mouse', `${ESC}[?1003h`],
    ['keys that are printed', `${ESC}[0;59p`],
    ['eight bits', '\u009b2J\u009b31;1H'],
    ['a string in eight bits', '\u0090payload\u009c'],
    ['another set of letters', `${ESC}(0`],
    ['a full reset', `${ESC}c`],
    ['a bell', BEL],
    ['letters taken back', '\u0008\u0008\u0008'],
    ['the line written over', '\r'],
    ['a line of its own', '\n'],
    ['a line of its own in Unicode', '\u2028'],
    ['letters turned round', '\u202e'],
    ['letters shut in', '\u2066\u2069'],
    ['an escape at the end', ESC],
    ['nothing', '\u0000'],
  ])('is not %s', (_what, steering) => {
    expect(harmless(`a${steering}`)).toBe('a')
    expect(harmless(steering)).toBe('')
    expect(plain(steering)).toBe('')
  })

  it('is coloured, indented and in any language', () => {
    const line = `\t${ESC}[1;31merror${ESC}[0m: šálek 😀 ﷽`

    expect(harmless(line)).toBe(line)
    expect(plain(line)).toBe('\terror: šálek 😀 ﷽')
  })

  it('has the lines that are ours, and no others', () => {
    expect(harmlessLines(`one${ESC}]0;x${BEL}\ntwo\rthree\n`)).toBe('one\ntwothree\n')
  })

  it('leaves no steering behind, however it was put together', () => {
    const parts = [
      ESC,
      `${ESC}[`,
      `${ESC}]`,
      '[31m',
      ']0;',
      BEL,
      '\u009b',
      '\u009d',
      '\\',
      'm',
      '2J',
      '\u202e',
      '\n',
    ]
    let seed = 7
    const next = (most: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % most
    }
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from({ length: next(12) }, () => parts[next(parts.length)]).join('')
      const left = harmless(text).replaceAll(new RegExp(`${ESC}\\[[0-9;]*m`, 'g'), '')
      expect(left, JSON.stringify(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
    }
  })
})
