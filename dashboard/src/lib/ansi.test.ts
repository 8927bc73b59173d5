import { describe, expect, it } from 'vitest'
import { parseAnsi, plainText } from './ansi.ts'

const ESC = '\u001b'
const BEL = '\u0007'

describe('showing what a program wrote (rule C15)', () => {
  it('keeps plain text as one run', () => {
    expect(parseAnsi('listening on 3000')).toEqual([
      {
        text: 'listening on 3000',
        color: undefined,
        bold: false,
        dim: false,
        italic: false,
        underline: false,
      },
    ])
  })

  it('reads colours and weights, and ends them at a reset', () => {
    const spans = parseAnsi(`${ESC}[1;31merror${ESC}[0m: ${ESC}[36mport${ESC}[39m`)
    expect(spans.map(({ text, color, bold }) => [text, color, bold])).toEqual([
      ['error', 1, true],
      [': ', undefined, false],
      ['port', 6, false],
    ])
  })

  it('brings 256 and true colours to the nearest of the sixteen', () => {
    const colorOf = (codes: string) => parseAnsi(`${ESC}[${codes}mx`)[0]?.color
    expect(colorOf('38;5;2')).toBe(2)
    expect(colorOf('38;5;196')).toBe(9)
    expect(colorOf('38;2;40;120;250')).toBe(12)
    expect(colorOf('48;5;196')).toBeUndefined()
  })

  it.each([
    ['a title', `${ESC}]0;root@host${BEL}x`],
    ['a link', `${ESC}]8;;https://evil.example${ESC}\\x${ESC}]8;;${ESC}\\`],
    ['the clipboard', `${ESC}]52;c;cm0gLXJm${BEL}x`],
    ['a device string', `${ESC}P+q544e${ESC}\\x`],
    ['an application command', `${ESC}_payload${ESC}\\x`],
    ['cursor moves and erasing', `${ESC}[2J${ESC}[1;1H${ESC}[Kx`],
    ['a cursor report', `${ESC}[6nx`],
    ['a private mode', `${ESC}[?25lx`],
    ['an eight-bit CSI', '\u009b2Jx'],
    ['a reset of the terminal', `${ESC}cx`],
    ['bells, backspaces and NUL', 'x\u0007\b\u0000'],
    ['marks that reorder text', '\u202ex\u2066'],
  ])('drops %s and keeps the text', (_name, line) => {
    expect(plainText(line)).toBe('x')
  })

  it('drops a sequence that was cut off at the end of a line', () => {
    expect(plainText(`x${ESC}[3`)).toBe('x')
    expect(plainText(`x${ESC}]8;;https://evil`)).toBe('x')
    expect(plainText(`x${ESC}`)).toBe('x')
  })

  it('shows what a progress line wrote last', () => {
    expect(plainText('10 %\r50 %\r100 %\r')).toBe('100 %')
  })

  it('leaves markup as text', () => {
    expect(plainText('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>')
  })

  it('stays fast on a hostile line', () => {
    const started = performance.now()
    parseAnsi(`${ESC}[${';'.repeat(60_000)}${ESC}]${'a'.repeat(60_000)}`)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
