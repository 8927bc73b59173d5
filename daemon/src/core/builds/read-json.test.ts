import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readJson } from '#core/builds/read-json.ts'

const Schema = z.strictObject({
  name: z.string().optional(),
  ports: z.array(z.int('a whole number')).optional(),
  env: z
    .record(
      z.string().regex(/^[A-Z]+$/, 'Use capitals.'),
      z.union([z.string(), z.strictObject({ value: z.string() })]),
    )
    .optional(),
})
const read = (text: string | undefined) => readJson('vastrox.json', text, Schema)
const why = (text: string | undefined): unknown => {
  try {
    read(text)
    return undefined
  } catch (error) {
    return error instanceof CodedError ? error.details['reason'] : error
  }
}

describe('a JSON file of a source', () => {
  it('is refused with the line where it breaks', () => {
    const lines = {
      '{\n  "name": "a"\n  "ports": []\n}': 3,
      '{\n  "name": a\n}': 2,
      '{\n\n  "name": tru\n}': 3,
      '{\n"name": "a\n"}': 2,
      '{} x': 1,
    }
    for (const [text, line] of Object.entries(lines))
      expect(why(text), text).toContain(`vastrox.json is not valid JSON: line ${line}: `)
  })

  it('is refused in the words of what people do most', () => {
    expect(why('{\n "name": "a",\n}')).toBe(
      'vastrox.json is not valid JSON: line 3: a comma stands before the closing }.',
    )
    expect(why('{\n // mine\n "name": "a"}')).toBe(
      'vastrox.json is not valid JSON: line 2 has a comment, which JSON does not know.',
    )
    expect(why('{"name":\n')).toBe('vastrox.json is not valid JSON: it ends too early, at line 2.')
    expect(why(' ')).toBe('vastrox.json is not valid JSON: it is empty.')
  })

  it('names the key whose value cannot be', () => {
    expect(why('{"ports": [1, 2.5]}')).toBe('vastrox.json at ports[1]: a whole number.')
    expect(why('{"env": {"a": "x"}}')).toBe('vastrox.json at env.a: use capitals.')
    expect(why('{"env": {"A": {"value": 1}}}')).toBe(
      'vastrox.json at env.A.value: expected string, received number.',
    )
    expect(why('[]')).toBe('vastrox.json as a whole: expected object, received array.')
  })

  it('leaves out what it does not know, at any depth, and tells it', () => {
    expect(read('{"nam": 1, "name": "a", "env": {"A": {"value": "x", "secret": true}}}')).toEqual({
      value: { name: 'a', env: { A: { value: 'x' } } },
      unknown: ['env.A.secret', 'nam'],
    })
  })

  it('tells ten unknown keys and counts the rest', () => {
    const keys = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`key${at}`, 1]))
    const { unknown } = read(JSON.stringify(keys))
    expect(unknown).toHaveLength(11)
    expect(unknown.at(-1)).toBe('20 more')
  })

  it('is refused when it is too large to be meant', () => {
    expect(why(`{"name": "${'x'.repeat(300_000)}"}`)).toBe('vastrox.json is larger than 64 KB.')
    expect(why(undefined)).toBe('vastrox.json is larger than 64 KB.')
  })

  it('may begin with a byte order mark', () => {
    expect(read('\u{feff}{"name": "a"}').value).toEqual({ name: 'a' })
  })

  it('says nothing that steers a terminal', () => {
    expect(why('{"na\u009bme\u202e": \u0007}')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
    expect(read('{"x\\u001b[31m\\u202e": 1}').unknown).toEqual(['x [31m '])
  })

  it('takes no longer for a hostile text than for a large one', () => {
    const started = performance.now()
    why(`${'['.repeat(60_000)}x`)
    why(`{"a": ${'1'.repeat(60_000)}x}`)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
