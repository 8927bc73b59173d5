import { afterEach, describe, expect, it } from 'vitest'
import type { CertificateRig } from '#test/acme/certificate-rig.ts'
import { createPebbleRig } from '#test/acme/pebble-rig.ts'
import { until } from '#test/proxy/rig.ts'

const PATIENCE_MS = 30_000

describe('certificates of Pebble, through a real worker', () => {
  const endings: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const ending of endings.splice(0).toReversed()) await ending()
  })

  async function open(...given: Parameters<typeof createPebbleRig>) {
    const rig = await createPebbleRig(...given)
    endings.push(() => rig.end())
    const certificates = rig.start()
    endings.push(() => certificates.end())
    return { ...rig, ...certificates }
  }

  async function untilValid({ service, problems }: CertificateRig, hosts: readonly string[]) {
    await until(
      () => hosts.every((host) => service.stateOf(host).state === 'valid'),
      PATIENCE_MS,
    ).catch(() => {
      const states = hosts.map((host) => service.stateOf(host))
      throw new Error(JSON.stringify([states.filter(({ state }) => state !== 'valid'), problems]))
    })
  }

  it('serves HTTPS for a host soon after it was added, and proves by port 443 where 80 is shut', async () => {
    const rig = await open()
    for (let at = 1; at <= 4; at += 1) {
      const host = `app-${at}.example.com`
      rig.service.want([host])
      await untilValid(rig, [host])
      expect((await rig.shown(host))?.subjectAltName).toBe(`DNS:${host}`)
    }
    expect(rig.service.challenges()).toEqual([])

    const [, httpsOnly] = [rig, await open({ httpPort: 9 })]
    const host = 'tls-only.example.com'
    httpsOnly.service.want([host])
    await until(() => httpsOnly.service.stateOf(host).state === 'failing', PATIENCE_MS)
    expect(httpsOnly.service.stateOf(host).problem).toMatchObject({ type: 'connection' })
    httpsOnly.db.exec("UPDATE certificate_orders SET next_attempt_at = '2020'")
    httpsOnly.service.tryNow(host)
    await untilValid(httpsOnly, [host])
    expect((await httpsOnly.shown(host))?.subjectAltName).toBe(`DNS:${host}`)
  })

  it('gets through with half of all nonces refused, and after the CA has forgotten everything', async () => {
    const rig = await open({ rejectedNonces: 50 })
    const hosts = Array.from({ length: 8 }, (_, at) => `nonce-${at}.example.com`)

    rig.service.want(hosts)
    await untilValid(rig, hosts)

    await rig.pebble.restart()
    rig.service.want(['later.example.com'])
    await untilValid(rig, ['later.example.com'])
    expect(rig.problems).toEqual([])
  })

  it('has an address certified', async () => {
    let isDashboard = false
    const rig = await open(
      {},
      {
        onDashboard: () => {
          isDashboard = true
        },
      },
    )
    rig.service.want(['127.0.0.1'])
    await untilValid(rig, ['127.0.0.1'])

    expect(rig.service.pairFor('127.0.0.1')?.cert).toContain('BEGIN CERTIFICATE')
    await until(() => isDashboard)
  })
})
