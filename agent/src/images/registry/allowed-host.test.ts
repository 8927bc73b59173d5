import { describe, expect, it } from 'vitest'
import { mustBeAllowedHost } from '#agent/images/registry/allowed-host.ts'

const NOTHING_SAID = { mirror: null, allowedHosts: [], isOff: false }
const refused = expect.objectContaining({ code: 'IMAGE_REFERENCE_REFUSED' })
const to = (addresses: readonly string[]) => async () => addresses

describe('the registry of an image (rule C11)', () => {
  it.each([
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
  ])('is not at %s, by whatever name', async (address) => {
    await expect(
      mustBeAllowedHost('registry.example', NOTHING_SAID, to(['203.0.113.1', address])),
    ).rejects.toThrow(refused)
  })

  it('is not localhost, and not an address inside this network written out', async () => {
    for (const host of ['localhost', 'localhost:5000', '127.0.0.1:5000', '192.168.0.9'])
      await expect(mustBeAllowedHost(host, NOTHING_SAID, to([]))).rejects.toThrow(refused)
  })

  it('may be anywhere else, and one that cannot be found is left to the engine', async () => {
    for (const [host, addresses] of [
      ['registry.example', ['203.0.113.1', '2001:db8::1', '::ffff:203.0.113.1']],
      ['registry.example', []],
      [null, ['127.0.0.1']],
    ] as const)
      await expect(mustBeAllowedHost(host, NOTHING_SAID, to(addresses))).resolves.toBeUndefined()
  })

  it('may be inside where root has allowed that very host and port, or made it the mirror', async () => {
    const inside = to(['10.0.0.5'])
    const allowed = { ...NOTHING_SAID, allowedHosts: ['registry.example:5000'] }
    const mirror = { host: 'mirror.example', prefix: '', credentials: null }

    await mustBeAllowedHost('registry.example:5000', allowed, inside)
    await mustBeAllowedHost('mirror.example', { ...NOTHING_SAID, mirror }, inside)
    await expect(mustBeAllowedHost('registry.example:22', allowed, inside)).rejects.toThrow(refused)
  })
})
