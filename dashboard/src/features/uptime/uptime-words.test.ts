import { describe, expect, it } from 'vitest'
import { daysOf, sayAvailability, sayRhythm } from './uptime-words.ts'

const NOW = new Date('2026-11-26T12:00:00.000Z')

describe('what is said of uptime', () => {
  it('rounds nothing up to all', () => {
    expect([100, 99.9999, 99.95, 97.25, 0, null].map(sayAvailability)).toEqual([
      '100 %',
      '99.999 %',
      '99.95 %',
      '97.25 %',
      '0 %',
      '–',
    ])
  })

  it('shows of each day how long it was down', () => {
    const incidents = [
      { startedAt: '2026-11-24T23:50:00.000Z', endedAt: '2026-11-25T00:30:00.000Z', reason: '' },
      { startedAt: '2026-11-26T11:00:00.000Z', endedAt: null, reason: '' },
    ]
    expect(daysOf(incidents, '2026-11-23T12:00:00.000Z', 5, NOW)).toEqual([
      { date: '2026-11-22', look: 'unknown', downMs: 0 },
      { date: '2026-11-23', look: 'up', downMs: 0 },
      { date: '2026-11-24', look: 'short', downMs: 600_000 },
      { date: '2026-11-25', look: 'down', downMs: 1_800_000 },
      { date: '2026-11-26', look: 'down', downMs: 3_600_000 },
    ])
  })

  it('says how often it looks', () => {
    expect(sayRhythm({ everyMs: 60_000, timeoutMs: 10_000 })).toBe('every 60 s, waits 10 s')
    expect(sayRhythm({ everyMs: 600_000, timeoutMs: 500 })).toBe('every 10 min, waits 0.5 s')
  })
})
