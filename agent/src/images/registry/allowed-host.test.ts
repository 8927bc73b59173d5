import { describe, expect, it } from 'vitest'
import { decideHost } from '#agent/images/registry/allowed-host.ts'

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
      decideHost('registry.example', NOTHING_SAID, to(['93.184.215.1', address])),
    ).rejects.toThrow(refused)
  })

  it('is not localhost, and not an address inside this network written out', async () => {
    for (const host of ['localhost', 'localhost:5000', '127.0.0.1:5000', '192.168.0.9'])
      await expect(decideHost(host, NOTHING_SAID, to([]))).rejects.toThrow(refused)
  })

  it('may be anywhere else, and is then reached at the addresses that were looked at', async () => {
    const addresses = ['93.184.215.1', '2606:2800:21f::1', '::ffff:93.184.215.1']

    for (const host of ['registry.example', 'registry.example:5000', 'registry.example:443'])
      expect(await decideHost(host, NOTHING_SAID, to(addresses))).toEqual({
        by: 'address',
        addresses,
      })
    expect(await decideHost('93.184.215.1', NOTHING_SAID, to([]))).toEqual({
      by: 'address',
      addresses: ['93.184.215.1'],
    })
  })

  it('is the engine’s own affair where nobody but root has named it', async () => {
    for (const host of [null, 'docker.io', 'index.docker.io'])
      expect(await decideHost(host, NOTHING_SAID, to(['127.0.0.1']))).toEqual({ by: 'engine' })
  })

  it('is refused in the same words whether it is inside, nowhere, or not answered in time', async () => {
    const said = await Promise.all(
      [
        to(['10.0.0.1']),
        to([]),
        () => Promise.reject(new Error('ENOTFOUND')),
        () => Promise.reject(new DOMException('late', 'TimeoutError')),
      ].map((resolve) =>
        decideHost('db.corp.example', NOTHING_SAID, resolve).catch((error: unknown) => error),
      ),
    )

    expect(new Set(said.map((error) => JSON.stringify(error)))).toHaveProperty('size', 1)
    expect(said[0]).toMatchObject({
      code: 'IMAGE_REFERENCE_REFUSED',
      details: { reason: expect.stringMatching(/^db\.corp\.example does not lead to a registry/) },
    })
  })

  it('is not at a port of the system’s services', async () => {
    for (const port of [22, 25, 80, 1_023])
      await expect(
        decideHost(`registry.example:${port}`, NOTHING_SAID, to(['93.184.215.1'])),
      ).rejects.toThrow(refused)
  })

  it('may be inside where root has allowed that very host and port, or made it the mirror', async () => {
    const inside = to(['10.0.0.5'])
    const allowed = { ...NOTHING_SAID, allowedHosts: ['registry.example:5000'] }
    const mirror = { host: 'mirror.example', prefix: '', credentials: null }

    await decideHost('registry.example:5000', allowed, inside)
    await decideHost('mirror.example', { ...NOTHING_SAID, mirror }, inside)
    await expect(decideHost('registry.example:22', allowed, inside)).rejects.toThrow(refused)
  })
})
