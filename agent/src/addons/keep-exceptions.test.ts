import { describe, expect, it } from 'vitest'
import { keepExceptions } from '#agent/addons/keep-exceptions.ts'
import type { LoadedException } from '#agent/firewall/loaded-exception.ts'

const wish = (changes: Record<string, unknown> = {}) => ({
  addonId: 'addon0001',
  from: '203.0.113.7',
  hostPort: 15_432,
  addonPort: 5_432,
  until: '2026-11-26T14:00:00.000Z',
  ...changes,
})

function nodeWith(held: Record<number, string> = {}) {
  let kept: LoadedException[] = []
  const network = (addonId: string) => ({
    appId: addonId,
    subnet: '10.128.4.0/22',
    cursor: 2,
    taken: { '10.128.4.2': `vastrox-ab12cd-addon-${addonId}` },
    released: {},
    removedAt: null,
  })
  return {
    kept: () => kept,
    keep: (...wishes: ReturnType<typeof wish>[]) =>
      keepExceptions(
        {
          instance: 'ab12cd',
          book: {
            find: (addonId) => (addonId.startsWith('addon0') ? network(addonId) : undefined),
          },
          firewall: {
            exceptions: () => kept,
            ports: () => [],
            async keepExceptions(next) {
              kept = [...next]
            },
          },
          names: async () => new Map([['addon0001', 'db']]),
          async taken({ first }) {
            const by = held[first]
            return { taken: by === undefined ? [] : [{ port: first, by }] }
          },
        },
        wishes,
      ),
  }
}

describe('keeping exceptions', () => {
  it('leads to the add-on’s own place and takes the place of what was before', async () => {
    const node = nodeWith()

    await node.keep(wish(), wish({ from: '198.51.100.9/24' }))
    expect(node.kept().map(({ addonName, from, target }) => [addonName, from, target])).toEqual([
      ['db', '203.0.113.7', '10.128.4.2'],
      ['db', '198.51.100.0/24', '10.128.4.2'],
    ])
    await node.keep()
    expect(node.kept()).toEqual([])
  })

  it.each([
    ['0.0.0.0/0'],
    ['10.0.0.0/23'],
    ['2001:db8::1'],
    ['999.1.1.1'],
    ['203.0.113.7; flush ruleset'],
    [''],
  ])('refuses %j, which is more than 256 addresses of IPv4, or none', async (from) => {
    const node = nodeWith()

    await expect(node.keep(wish({ from }))).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect(node.kept()).toEqual([])
  })

  it('refuses a port that is somebody’s, changes nothing then, and asks nobody about its own', async () => {
    const node = nodeWith()
    const busy = nodeWith({ 5_432: 'postgres' })

    await expect(busy.keep(wish({ hostPort: 5_432 }))).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      details: { reason: 'Port 5432 of the server belongs to postgres.' },
    })
    expect(busy.kept()).toEqual([])
    await expect(node.keep(wish(), wish({ addonId: 'addon0002' }))).rejects.toMatchObject({
      code: 'PORT_TAKEN',
    })
    await node.keep(wish())
    await node.keep(wish({ until: '2026-11-26T15:00:00.000Z' }))
    expect(node.kept()).toHaveLength(1)
  })

  it('refuses an add-on that was never started', async () => {
    await expect(nodeWith().keep(wish({ addonId: 'nobody' }))).rejects.toMatchObject({
      code: 'ADDON_NOT_RUNNING',
    })
  })
})
