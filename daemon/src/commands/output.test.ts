import { expect, it } from 'vitest'
import { bytesOf, facts, harmless, jsonOf, table } from '#commands/output.ts'

const ESCAPE = '\u001b'
const STEERING = `a${ESCAPE}]0;owned\u0007${ESCAPE}[2J\u009b1A\u202eb\r\nc${ESCAPE}[31md`
const CONTROLS = /(?!\n)[\p{Cc}\p{Bidi_Control}]/u

it('puts nothing into a cell that steers a terminal or begins a new line (rule C15)', () => {
  const printed = table(['Name', 'Reason'], [[STEERING, `x\ty\n=====> Application deployed`]])

  expect(printed).not.toMatch(CONTROLS)
  expect(printed.split('\n')).toEqual([
    'Name   Reason',
    'ab cd  x y =====> Application deployed',
    '',
  ])
})

it('puts nothing into a fact that steers a terminal (rule C15)', () => {
  expect(facts([['State', STEERING]])).toBe('State  ab cd\n')
})

it('keeps colours in logs, and takes out what turns the direction of a line (rule C15)', () => {
  expect(harmless(`${ESCAPE}[31mred${ESCAPE}[0m \u202edne\u2066`)).toBe(
    `${ESCAPE}[31mred${ESCAPE}[0m dne`,
  )
})

it('gives JSON that is its value, with no character that steers a terminal (rule C15)', () => {
  const value = { reason: `${STEERING}\u007f\u0085` }
  const printed = jsonOf(value)

  expect(printed).not.toMatch(CONTROLS)
  expect(JSON.parse(printed)).toEqual(value)
})

it('says how much in the unit that fits', () => {
  expect([null, 0, 18, 1_229, 20_480, 3 * 2 ** 20, 5.5 * 2 ** 30].map(bytesOf)).toEqual([
    '-',
    '0 B',
    '18 B',
    '1.2 kB',
    '20 kB',
    '3.0 MB',
    '5.5 GB',
  ])
})
