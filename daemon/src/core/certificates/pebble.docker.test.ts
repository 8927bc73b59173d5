import { afterEach, describe, expect, it } from 'vitest'
import { createPebbleRigs, untilValid } from '#test/acme/pebble-rig.ts'
import { until } from '#test/proxy/rig.ts'

const PATIENCE_MS = 30_000

describe('certificates of Pebble, through a real worker', () => {
  const rigs = createPebbleRigs()
  afterEach(() => rigs.end())

  it('serves HTTPS for a host soon after it was added, and proves by port 443 where 80 is shut', async () => {
    const rig = await rigs.open()
    for (let at = 1; at <= 4; at += 1) {
      const host = `app-${at}.example.com`
      rig.service.want([host])
      await untilValid(rig, [host], PATIENCE_MS)
      expect((await rig.shown(host))?.subjectAltName).toBe(`DNS:${host}`)
    }
    expect(rig.service.challenges()).toEqual([])

    const [, httpsOnly] = [rig, await rigs.open({ httpPort: 9 })]
    const host = 'tls-only.example.com'
    httpsOnly.service.want([host])
    await until(() => httpsOnly.service.stateOf(host).state === 'failing', PATIENCE_MS)
    expect(httpsOnly.service.stateOf(host).problem).toMatchObject({ type: 'connection' })
    httpsOnly.db.exec("UPDATE certificate_orders SET next_attempt_at = '2020'")
    httpsOnly.service.tryNow(host)
    await untilValid(httpsOnly, [host], PATIENCE_MS)
    expect((await httpsOnly.shown(host))?.subjectAltName).toBe(`DNS:${host}`)
  })

  it('gets through with half of all nonces refused, and after the CA has forgotten everything', async () => {
    const rig = await rigs.open({ rejectedNonces: 50 })
    const hosts = Array.from({ length: 8 }, (_, at) => `nonce-${at}.example.com`)

    rig.service.want(hosts)
    await untilValid(rig, hosts, PATIENCE_MS)

    await rig.pebble.restart()
    rig.service.want(['later.example.com'])
    await untilValid(rig, ['later.example.com'], PATIENCE_MS)
    expect(rig.problems).toEqual([])
  })

  it('has an address certified', async () => {
    let isDashboard = false
    const rig = await rigs.open(
      {},
      {
        onDashboard: () => {
          isDashboard = true
        },
      },
    )
    rig.service.want(['127.0.0.1'])
    await untilValid(rig, ['127.0.0.1'], PATIENCE_MS)

    expect(rig.service.pairFor('127.0.0.1')?.cert).toContain('BEGIN CERTIFICATE')
    await until(() => isDashboard)
  })
})
