import type { Exposure, ProbeOutcome } from '@vastrox/shared/exposure.ts'
import { describe, expect, it } from 'vitest'
import { freeNetwork } from '#agent/exposure/cable.ts'
import { type KeptTest, readKeptTest, testedOf } from '#agent/exposure/kept-test.ts'

const AT = '2026-11-26T12:00:00.000Z'
const ADDRESS = '203.0.113.10'
const BY = {
  kind: 'process' as const,
  name: 'x',
  pid: 1,
  user: null,
  unit: null,
  image: null,
  ours: false,
}

function agrees(
  reach: Exposure,
  outcome: ProbeOutcome,
  { protocol = 'tcp', generation = 1 }: { protocol?: 'tcp' | 'udp'; generation?: number } = {},
) {
  const test: KeptTest = {
    at: AT,
    generation: 1,
    tries: [{ protocol, port: 5432, address: ADDRESS, outcome }],
  }
  const port = { ...portOn(['0.0.0.0']), protocol, reach }
  return testedOf(port, [ADDRESS], test, generation)?.agrees
}

const portOn = (addresses: string[]) => ({
  protocol: 'tcp' as const,
  port: 5432,
  addresses,
  by: BY,
  reach: 'world' as const,
  to: [],
  because: '',
  warning: null,
})

describe('what a test says about what was worked out', () => {
  it.each<[Exposure, ProbeOutcome, boolean | null]>([
    ['world', 'answered', true],
    ['world', 'silent', false],
    ['world', 'refused', false],
    ['closed', 'silent', true],
    ['closed', 'refused', true],
    ['closed', 'answered', false],
    ['machine', 'refused', true],
    ['machine', 'answered', false],
    // The test stands where nobody is let in by name.
    ['some', 'answered', null],
    ['some', 'silent', null],
  ])('%s, and it %s', (reach, outcome, expected) => {
    expect(agrees(reach, outcome)).toBe(expected)
  })

  it('is that a port differs which answers in one family only, though it is bound to both', () => {
    const tries = (outcome4: ProbeOutcome, outcome6: ProbeOutcome) => [
      { protocol: 'tcp' as const, port: 5432, address: ADDRESS, outcome: outcome4 },
      { protocol: 'tcp' as const, port: 5432, address: '2001:db8::1', outcome: outcome6 },
    ]
    const agreesOn = (addresses: string[], made: KeptTest['tries']) =>
      testedOf(
        portOn(addresses),
        [ADDRESS, '2001:db8::1'],
        { at: AT, generation: 1, tries: made },
        1,
      )?.agrees

    expect(agreesOn(['0.0.0.0', '::'], tries('silent', 'answered'))).toBe(false)
    expect(agreesOn(['::'], tries('silent', 'answered'))).toBe(false)
    // It wants no IPv4, or has no IPv6.
    expect(agreesOn(['::'], tries('refused', 'answered'))).toBe(true)
    expect(agreesOn(['0.0.0.0'], tries('answered', 'refused'))).toBe(true)
  })

  it('is nothing where a UDP program says nothing', () => {
    expect(agrees('world', 'silent', { protocol: 'udp' })).toBeNull()
    expect(agrees('world', 'refused', { protocol: 'udp' })).toBe(false)
    expect(agrees('closed', 'answered', { protocol: 'udp' })).toBe(false)
  })

  it('is nothing once the rules have changed', () => {
    expect(agrees('world', 'silent', { generation: 2 })).toBeNull()
  })

  it('is nothing where no test was made, or its file is damaged', async () => {
    expect(await readKeptTest('/nowhere/tested.json')).toBeUndefined()
    expect(await readKeptTest('/etc/hostname')).toBeUndefined()
  })
})

it('lays its cable in a link-local network that the machine is not in', () => {
  expect(freeNetwork([])).toBe('169.254.77')
  expect(freeNetwork(['169.254.77.1', '169.254.78.9'])).toBe('169.254.79')
})
