import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fieldsOf, missingIn, settingsOf } from './json-form.ts'

const settings = z.object({
  server: z.string().describe('Name server'),
  algorithm: z.enum(['sha256', 'sha512']).default('sha256'),
  endpoint: z.url().optional(),
  secret: z.string().optional().describe('Secret of the key'),
  waitSeconds: z.coerce.number().int().min(0).default(2),
})
const fields = fieldsOf(z.toJSONSchema(settings, { io: 'input' }), ['secret'])

describe('a form from the settings of a catalog entry', () => {
  it('has a field for each, in order, with its words, choices and what is taken where it is left', () => {
    expect(fields.map(({ name, label }) => [name, label])).toEqual([
      ['server', 'Name server'],
      ['algorithm', 'Algorithm'],
      ['endpoint', 'Endpoint'],
      ['secret', 'Secret of the key'],
      ['waitSeconds', 'Wait seconds'],
    ])
    expect(fields[0]).toMatchObject({ isRequired: true, isSecret: false, kind: 'text' })
    expect(fields[1]).toMatchObject({ options: ['sha256', 'sha512'], default: 'sha256' })
    expect(fields[2]).toMatchObject({ kind: 'url', isRequired: false })
    expect(fields[3]).toMatchObject({ isSecret: true, isRequired: false })
    expect(fields[4]).toMatchObject({ default: '2', isRequired: false })
  })

  it('sends what was filled in, and says what is missing', () => {
    expect(settingsOf(fields, { server: ' ns1.example.com ', secret: '' })).toEqual({
      server: 'ns1.example.com',
      algorithm: 'sha256',
      waitSeconds: '2',
    })
    expect(missingIn(fields, { server: ' ' })?.name).toBe('server')
    expect(missingIn(fields, { server: 'ns1' })).toBeUndefined()
  })

  it('makes nothing of what is no schema', () => {
    expect(fieldsOf(null, [])).toEqual([])
    expect(fieldsOf({ properties: { odd: 7 } }, [])).toMatchObject([{ name: 'odd', kind: 'text' }])
  })
})
