import { AddUptimeCheck } from '@vastrox/shared/uptime.ts'
import { describe, expect, it } from 'vitest'
import { NEW_CHECK, settingsOf } from './check-draft.ts'

describe('a check that is written', () => {
  it('sends what was filled in', () => {
    const draft = { ...NEW_CHECK, target: ' https://example.com ', status: '2xx', slowMs: '800' }
    const settings = settingsOf(draft)
    expect(settings).toEqual({
      target: 'https://example.com',
      everyMs: 60_000,
      timeoutMs: 10_000,
      expect: { status: '2xx', slowMs: 800 },
      method: 'GET',
      followRedirects: false,
    })
    expect(AddUptimeCheck.safeParse({ ...settings, kind: 'http' }).success).toBe(true)
  })

  it('leaves out what its kind does not know', () => {
    const draft = {
      ...NEW_CHECK,
      kind: 'tcp',
      target: 'db.example.com:5432',
      status: '200',
      certificateDays: '7',
    } as const
    expect(settingsOf(draft)).toEqual({
      target: 'db.example.com:5432',
      everyMs: 60_000,
      timeoutMs: 10_000,
      expect: {},
    })
  })

  it('is refused where a number is none', () => {
    const settings = settingsOf({ ...NEW_CHECK, target: 'https://example.com', timeoutS: 'soon' })
    expect(AddUptimeCheck.safeParse({ ...settings, kind: 'http' }).success).toBe(false)
  })
})
