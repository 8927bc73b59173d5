import { expect, it } from 'vitest'
import { fieldOf, isAtLeast, levelOf } from '#lib/log-level.ts'

it('reads the level that a line says itself', () => {
  const levels: [text: string, level: ReturnType<typeof levelOf>][] = [
    ['{"level":"error","msg":"x"}', 'error'],
    ['{"level":50}', 'error'],
    ['{"level":"30"}', 'info'],
    ['{"severity":"WARNING"}', 'warning'],
    ['{"lvl":"dbug"}', null],
    ['{"level":3,"short_message":"of syslog"}', 'error'],
    ['{"level":"error"', null],
    ['2026-11-22 17:00:00 ERROR [main] it broke', 'error'],
    ['[warn] careful', 'warning'],
    ['error: no such file', 'error'],
    ['time=1 level=info msg="error"', 'info'],
    ['no errors were found', null],
    ['Terror', null],
    ['INFO: all well', 'info'],
    ['CRITICAL: fire', 'error'],
    [`${' '.repeat(200)}ERROR`, null],
  ]
  for (const [text, level] of levels) expect([text, levelOf(text)]).toEqual([text, level])
})

it('takes a line without a level as information, and finds fields by their path', () => {
  expect(isAtLeast(null, 'info')).toBe(true)
  expect(isAtLeast(null, 'warning')).toBe(false)
  expect(isAtLeast('error', 'warning')).toBe(true)
  const json = { user: { id: 7, tags: ['a', 'b'] }, 'http.status': 500 }
  expect(fieldOf(json, 'user.id')).toBe(7)
  expect(fieldOf(json, 'user.tags.1')).toBe('b')
  expect(fieldOf(json, 'http.status')).toBe(500)
  expect(fieldOf(json, 'user.id.x')).toBeUndefined()
  expect(fieldOf(json, 'constructor')).toBeUndefined()
})
