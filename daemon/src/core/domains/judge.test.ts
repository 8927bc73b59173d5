import { describe, expect, it } from 'vitest'
import type { DomainFacts, OurPlace } from '#core/domains/facts.ts'
import { judge } from '#core/domains/judge.ts'
import type { Reached } from '#core/domains/reach.ts'
import { recordsFor } from '#core/domains/records.ts'
import type { AddressRecord, DnsAnswer } from '#ports/dns.ts'

const PLACE: OurPlace = {
  publicAddress: '192.0.2.7',
  interfaces: ['192.0.2.7', '2001:db8::7'],
  isPrivateWorld: false,
  trustedProxies: ['104.16.0.0/13'],
  httpPort: 80,
  httpsPort: 443,
}
const AT_HOME: OurPlace = { ...PLACE, publicAddress: '203.0.113.50', interfaces: ['192.168.1.5'] }

const found = (addresses: string[]): DnsAnswer<AddressRecord> =>
  addresses.length === 0
    ? { kind: 'none' }
    : { kind: 'found', values: addresses.map((address) => ({ address, ttlSeconds: 300 })) }

function factsOf(
  reached: Record<string, Reached>,
  changes: Partial<DomainFacts> = {},
): DomainFacts {
  const addresses = Object.keys(reached)
  const trail = {
    chain: [],
    isLoop: false,
    v4: found(addresses.filter((address) => !address.includes(':'))),
    v6: found(addresses.filter((address) => address.includes(':'))),
  }
  return {
    host: 'shop.example.com',
    registrable: 'example.com',
    isWildcard: false,
    looked: { resolvers: trail, zone: undefined },
    caa: { kind: 'read', at: undefined, records: [] },
    reached: new Map(Object.entries(reached)),
    secure: new Map(),
    shutPorts: [],
    ...changes,
  }
}

const judged = (facts: DomainFacts, place = PLACE) => {
  const { state, leadsHere, findings } = judge(facts, {
    place,
    challenge: 'http-01',
    caaDomains: [],
  })
  const [worst] = findings
  return { state, leadsHere, code: worst?.code, said: `${worst?.message} ${worst?.hint}` }
}

const other = (status: number, location: string | null = null): Reached => ({
  kind: 'other',
  status,
  location,
  server: 'cloudflare',
})

describe('what is made of where a name leads', () => {
  it.each<[string, Record<string, Reached>, OurPlace, string, RegExp]>([
    [
      'Cloudflare that hands on',
      { '104.16.1.1': { kind: 'us' } },
      PLACE,
      'ready reaches-us',
      /104\.16\.1\.1 \(Cloudflare\)/,
    ],
    [
      'Cloudflare that does not',
      { '104.16.1.1': other(404) },
      PLACE,
      'wrong cloudflare',
      /grey cloud/,
    ],
    [
      'Cloudflare that cannot reach us',
      { '104.16.1.1': other(522) },
      PLACE,
      'wrong cloudflare-origin',
      /error 522/,
    ],
    [
      'Cloudflare that sends on to HTTPS',
      { '104.16.1.1': other(301, 'https://shop.example.com/') },
      PLACE,
      'wrong cloudflare-https',
      /Always Use HTTPS/,
    ],
    [
      'a parking page',
      { '91.195.240.12': other(200) },
      PLACE,
      'wrong parked',
      /parking page of Sedo/,
    ],
    [
      'another host of pages',
      { '185.199.108.153': other(404) },
      PLACE,
      'wrong elsewhere',
      /GitHub Pages\), not to this server \(192\.0\.2\.7\)/,
    ],
    [
      'a private address of ours',
      { '192.168.1.5': { kind: 'us' } },
      AT_HOME,
      'wrong private-address',
      /have its router forward ports 80 and 443/,
    ],
    [
      'our public address, from behind a router that lets nobody back in',
      { '203.0.113.50': { kind: 'timeout' } },
      AT_HOME,
      'ready cannot-tell',
      /cannot reach itself.*phone without WLAN/,
    ],
    [
      'our public address, where the router itself answers',
      { '203.0.113.50': other(200) },
      AT_HOME,
      'wrong port-80',
      /another program/,
    ],
    [
      'our own address with nothing at port 80',
      { '192.0.2.7': { kind: 'refused' } },
      PLACE,
      'wrong port-80',
      /takes no connections/,
    ],
    [
      'our own address, and Vastrox at another port',
      { '192.0.2.7': { kind: 'refused' } },
      { ...PLACE, httpPort: 8_080, httpsPort: 8_443 },
      'wrong port-80',
      /listens on port 8080 here: forward port 80 to it/,
    ],
    [
      'here by IPv4 and elsewhere by IPv6',
      { '192.0.2.7': { kind: 'us' }, '2001:db8::99': { kind: 'not-asked' } },
      PLACE,
      'wrong split',
      /Remove the AAAA record/,
    ],
  ])('%s', (_what, reached, place, outcome, words) => {
    const { state, code, said } = judged(factsOf(reached), place)

    expect(`${state} ${code}`).toBe(outcome)
    expect(said).toMatch(words)
  })

  it('says that HTTPS does not come through, where HTTP does', () => {
    const facts = factsOf(
      { '192.0.2.7': { kind: 'us' } },
      { secure: new Map([['192.0.2.7', false]]) },
    )

    expect(judged(facts)).toMatchObject({ state: 'ready', leadsHere: true, code: 'port-443' })
  })

  it('tells that visitors hide behind Cloudflare, until it is believed about them', () => {
    const facts = factsOf({ '104.16.1.1': { kind: 'us' } })

    expect(judged(facts).code).toBe('reaches-us')
    expect(judged(facts, { ...PLACE, trustedProxies: [] })).toMatchObject({
      state: 'ready',
      code: 'cloudflare-visitors',
    })
  })

  it('tells of names whose quota everybody shares', () => {
    const facts = factsOf({ '192.0.2.7': { kind: 'us' } }, { host: 'shop.192-0-2-7.sslip.io' })

    expect(judged(facts)).toMatchObject({ state: 'ready', code: 'shared-suffix' })
  })
})

describe('the records that are to be set', () => {
  const wish = { host: 'shop.example.com', registrable: 'example.com', proof: undefined }

  it('lead to the public address, and to the IPv6 one where there is one', () => {
    const place = { ...PLACE, interfaces: ['192.0.2.7', '2a01:4f8::7'] }

    expect(recordsFor({ ...wish, place, found: undefined })).toMatchObject([
      { type: 'A', label: 'shop', value: '192.0.2.7', state: 'unknown' },
      { type: 'AAAA', label: 'shop', value: '2a01:4f8::7' },
    ])
    expect(recordsFor({ ...wish, host: 'example.com', place, found: undefined })).toMatchObject([
      { label: '@' },
      { label: '@' },
    ])
  })

  it('are right also where a proxy stands between, and wrong where they lead elsewhere', () => {
    const at = (address: string, leadsHere: boolean) =>
      recordsFor({
        ...wish,
        place: PLACE,
        found: { v4: found([address]), v6: { kind: 'none' }, leadsHere },
      })[0]?.state

    expect([at('192.0.2.7', true), at('104.16.1.1', true), at('198.51.100.1', false)]).toEqual([
      'right',
      'right',
      'wrong',
    ])
  })
})
