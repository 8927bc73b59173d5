import { describe, expect, it } from 'vitest'
import {
  type AppNetwork,
  chooseSubnet,
  freshNetwork,
  gatewayOf,
  releaseAddresses,
  takeAddresses,
} from '#agent/networks/address-plan.ts'
import { parseRoutes } from '#agent/networks/host-routes.ts'
import { overlaps, parseSubnet, saySubnet } from '#agent/networks/ipv4.ts'

const NOON = new Date('2026-11-22T12:00:00Z')
const hours = (count: number): Date => new Date(NOON.getTime() + count * 3_600_000)
const RANGE = parseSubnet('10.128.0.0/12')
const network = (): AppNetwork => freshNetwork('app00001', parseSubnet('10.128.4.0/22'))

function take(from: AppNetwork, names: string[], now = NOON) {
  const taken = takeAddresses(from, names, now)
  if (!taken) throw new Error('no address is left')
  return taken
}

describe('the subnet of an app', () => {
  it('is a /22 of our range that touches no route of the host', () => {
    const avoid = ['10.128.0.0/23', '10.129.0.0/16', '192.168.0.0/16'].map(parseSubnet)

    expect(saySubnet(chooseSubnet(RANGE, avoid, 0) ?? RANGE)).toBe('10.128.4.0/22')
  })

  it('is there for a hundred apps and more, each beside the others, over the end of the range', () => {
    const chosen = []
    for (let count = 0; count < 120; count++) {
      const subnet = chooseSubnet(RANGE, chosen, 0.95)
      if (subnet) chosen.push(subnet)
    }

    expect(new Set(chosen.map(saySubnet)).size).toBe(120)
    expect(chosen.every((subnet) => overlaps(subnet, RANGE))).toBe(true)
  })

  it('is refused where a route covers the whole range', () => {
    expect(chooseSubnet(RANGE, [parseSubnet('10.0.0.0/8')], 0)).toBeUndefined()
  })
})

describe('addresses of instances', () => {
  it('begin behind the gateway and are the same again for the same name (rule K2)', () => {
    const first = take(network(), ['one', 'two'])
    const again = take(first.network, ['two', 'three'])

    expect(gatewayOf(first.network)).toBe('10.128.4.1')
    expect(first.addresses).toEqual({ one: '10.128.4.2', two: '10.128.4.3' })
    expect(again.addresses).toEqual({ two: '10.128.4.3', three: '10.128.4.4' })
  })

  it('rest for 24 hours before they are given again', () => {
    let state = network()
    const seen = new Set<string>()
    for (let turn = 0; turn < 1_021; turn++) {
      const taken = take(state, [`name-${turn}`])
      for (const address of Object.values(taken.addresses)) seen.add(address)
      state = releaseAddresses(taken.network, new Set([`name-${turn}`]), NOON)
    }

    expect(seen.size).toBe(1_021)
    expect(takeAddresses(state, ['next'], hours(23.9))).toBeUndefined()
    expect(take(state, ['next'], hours(24.1)).addresses).toEqual({ next: '10.128.4.2' })
  })

  it('never are the network’s, the gateway’s or the broadcast address', () => {
    const names = Array.from({ length: 1_021 }, (_unused, index) => `name-${index}`)
    const given = new Set(Object.values(take(network(), names).addresses))

    expect(given.size).toBe(1_021)
    for (const never of ['10.128.4.0', '10.128.4.1', '10.128.7.255'])
      expect(given).not.toContain(never)
  })

  it('leave what was given to them untouched', () => {
    const before = network()
    take(before, ['one'])

    expect(before.taken).toEqual({})
  })
})

describe('the routes of the host', () => {
  it('are read from the kernel’s table, without the default route', () => {
    const table = [
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    ].join('\n')

    expect(parseRoutes(table).map(saySubnet)).toEqual(['192.168.2.0/24', '172.17.0.0/16'])
  })

  it('overlap where one holds the other, and not where they only meet', () => {
    expect(overlaps(parseSubnet('10.0.0.0/8'), parseSubnet('10.128.4.0/22'))).toBe(true)
    expect(overlaps(parseSubnet('10.128.0.0/22'), parseSubnet('10.128.4.0/22'))).toBe(false)
  })
})
