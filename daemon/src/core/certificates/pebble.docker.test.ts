import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '#adapters/system/clock.ts'
import { createCertificateRig } from '#test/acme/certificate-rig.ts'
import { startPebble } from '#test/acme/pebble.ts'
import { createRig, type Rig, until } from '#test/proxy/rig.ts'

const leadsHere = async () => ({ ok: true }) as const

describe('certificates of Pebble, through a real worker', () => {
  let rig: Rig
  const endings: (() => Promise<unknown>)[] = []
  beforeEach(async () => {
    rig = await createRig({ https: true })
    endings.push(() => rig.end())
  })
  afterEach(async () => {
    for (const ending of endings.splice(0).toReversed()) await ending()
  })

  async function open(pebbleOptions: object = {}) {
    const pebble = await startPebble({
      httpPort: rig.port,
      tlsPort: rig.httpsPort,
      ...pebbleOptions,
    })
    endings.push(() => pebble.stop())
    const certificates = createCertificateRig({
      clock: systemClock,
      preflight: leadsHere,
      acmeDirectory: pebble.directoryUrl,
      acmeCaFile: pebble.caFile,
      httpsPort: rig.httpsPort,
      publish: (what) => rig.publish([], what),
    })
    endings.push(() => certificates.end())
    certificates.service.start()
    return { pebble, ...certificates }
  }

  it('serves HTTPS for a host soon after it was added', async () => {
    const { service, problems } = await open()
    const took: number[] = []
    for (let at = 1; at <= 10; at += 1) {
      const host = `app-${at}.example.com`
      const since = performance.now()
      service.want([host])
      await until(() => service.stateOf(host).state === 'valid', 15_000).catch(() => {
        throw new Error(JSON.stringify([service.stateOf(host), problems]))
      })
      took.push(Math.round(performance.now() - since))
    }
    expect(took).toHaveLength(10)
    expect(Math.max(...took)).toBeLessThan(15_000)
  })
})
