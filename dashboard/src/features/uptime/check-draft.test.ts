import { AddUptimeCheck, ChangeUptimeCheck, type UptimeCheck } from '@vastrox/shared/uptime.ts'
import { describe, expect, it } from 'vitest'
import { checkDraftOf, NEW_CHECK, settingsOf } from './check-draft.ts'

const ofApp: UptimeCheck = {
  id: 'u1',
  name: 'shop',
  kind: 'http',
  target: '/',
  method: 'GET',
  everyMs: 60_000,
  timeoutMs: 10_000,
  expect: { slowMs: 5_000 },
  followRedirects: false,
  app: 'shop',
  isOn: true,
  state: 'up',
  since: null,
  reason: null,
  lastMs: null,
  lastAt: null,
  certificateDays: null,
  availability: { day: null, week: null, quarter: null },
  createdAt: '2026-11-01T00:00:00.000Z',
}

describe('a check that is changed', () => {
  it('of an app follows the app’s health path until another path is said', () => {
    const draft = { ...checkDraftOf(ofApp), everyS: '300' }
    expect(settingsOf(draft, ofApp)).toEqual({
      everyMs: 300_000,
      timeoutMs: 10_000,
      expect: { slowMs: 5_000 },
      method: 'GET',
      followRedirects: false,
    })
    expect(settingsOf({ ...draft, target: '/up' }, ofApp)).toMatchObject({ target: '/up' })
    expect(settingsOf({ ...draft, target: ' ' }, ofApp)).toMatchObject({ target: 'default' })
  })

  it('of another address keeps it, and cannot be without one', () => {
    const other = { ...ofApp, app: null, name: 'Pay', target: 'https://pay.example.com' }
    const draft = checkDraftOf(other)
    expect(settingsOf(draft, other)).not.toHaveProperty('target')
    expect(settingsOf({ ...draft, name: 'Payments' }, other)).toMatchObject({ name: 'Payments' })
    const emptied = settingsOf({ ...draft, target: '' }, other)
    expect(ChangeUptimeCheck.safeParse(emptied).success).toBe(false)
  })
})

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
