import { describe, expect, it } from 'vitest'
import { eventLabel, issuerLabel, sayLeft, sayUntil, stateLabel } from './certificate-words.ts'

const NOW = new Date('2026-11-26T12:00:00.000Z')
const after = (ms: number): string => new Date(NOW.getTime() + ms).toISOString()
const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('words about certificates', () => {
  it.each([
    [after(61 * DAY), '61 days left', 'idle'],
    [after(1.5 * DAY), '1 day left', 'warn'],
    [after(3 * HOUR), '3 hours left', 'warn'],
    [after(-HOUR), 'has expired', 'bad'],
    [after(-2 * DAY), 'expired 2 days ago', 'bad'],
  ])('of %s: %s', (notAfter, label, tone) => {
    expect(sayLeft(notAfter, NOW)).toEqual({ label, tone })
  })

  it('say when something comes by itself', () => {
    expect(sayUntil(after(1_000), NOW)).toBe('now')
    expect(sayUntil(after(5 * 60_000), NOW)).toBe('in 5 minutes')
    expect(sayUntil(after(31 * DAY), NOW)).toBe('in 31 days')
  })

  it('call one that has expired so, whatever is being done about it', () => {
    const state = {
      host: 'example.com',
      state: 'failing' as const,
      certificate: {
        id: 'c1',
        source: 'issued' as const,
        issuer: 'Let’s Encrypt',
        notAfter: after(-DAY),
        isTrusted: true,
        renewAt: null,
      },
      reason: null,
      problem: null,
      nextAttemptAt: null,
    }
    expect(stateLabel(state, NOW)).toEqual({ label: 'expired', tone: 'bad' })
    expect(stateLabel({ ...state, certificate: null }, NOW).label).toBe('refused')
  })

  it('name the CA in each step', () => {
    const step = { detail: null, at: after(0), lastAt: after(0), times: 1 }
    expect(eventLabel({ ...step, kind: 'ordered', issuer: 'ZeroSSL' }).label).toBe(
      'Ordered from ZeroSSL',
    )
    expect(eventLabel({ ...step, kind: 'refused', issuer: 'ZeroSSL' }).label).toBe(
      'Refused by ZeroSSL',
    )
    expect(eventLabel({ ...step, kind: 'wanted', issuer: null }).tone).toBe('idle')
  })

  it('say that a CA is left alone only for as long as it is', () => {
    const issuer = {
      name: 'x',
      title: 'X',
      directoryUrl: 'https://x.example/dir',
      position: 0,
      isEnabled: true,
      stagesFor: null,
      email: null,
      hasBinding: false,
      profile: null,
      preferredChain: null,
      restUntil: after(HOUR),
    }
    expect(issuerLabel(issuer, NOW).tone).toBe('warn')
    expect(issuerLabel({ ...issuer, restUntil: after(-HOUR) }, NOW).label).toBe('on')
    expect(issuerLabel({ ...issuer, isEnabled: false }, NOW).label).toBe('off')
  })
})
