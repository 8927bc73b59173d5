import { describe, expect, it } from 'vitest'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createCertificateRig } from '#test/acme/certificate-rig.ts'
import { setUpIssuers } from './issuer-defaults.ts'

const OURS = 'https://ca.acme-corp.com/directory'

function setUp() {
  const clock = createFakeClock()
  const rig = createCertificateRig({
    clock,
    preflight: async () => ({ ok: true }),
    publish: async () => undefined,
  })
  const { issuers } = rig
  return {
    rig,
    /** The daemon starts again with this flag. */
    restart: (directoryUrl: string | null): void =>
      setUpIssuers({
        issuers,
        clock,
        teamId: 'team-1',
        configured: { directoryUrl, caPem: null, email: null },
      }),
    change: (id: string, changes: { isEnabled?: boolean; position?: number }): void => {
      const found = issuers.findForPlatform(id)
      if (found) issuers.saveForPlatform({ ...found, ...changes })
    },
    asked: (): string[] =>
      issuers
        .listForPlatform()
        .filter(({ isEnabled, stagesFor }) => isEnabled && stagesFor === null)
        .map(({ id }) => id),
  }
}

describe('the CAs of an installation', () => {
  it('stay switched off over a restart, and come back with the flag that took their place', async () => {
    const { rig, restart, change, asked } = setUp()
    expect(asked()).toEqual(['letsencrypt'])
    change('letsencrypt', { isEnabled: false })
    restart(null)
    expect(asked()).toEqual([])

    restart(OURS)
    expect(asked()).toEqual(['configured'])
    restart(null)
    expect(asked()).toEqual(['letsencrypt'])
    await rig.end()
  })

  it('keep the order that people gave them, with a CA of the flag as well', async () => {
    const { rig, restart, change, asked } = setUp()
    restart(OURS)
    expect(asked()).toEqual(['configured'])
    change('letsencrypt', { isEnabled: true, position: -5 })
    restart(OURS)
    expect(asked()).toEqual(['letsencrypt', 'configured'])

    change('configured', { isEnabled: false })
    restart(OURS)
    expect(asked()).toEqual(['letsencrypt'])
    restart('https://other.acme-corp.com/directory')
    expect(asked()).toEqual(['configured'])
    await rig.end()
  })
})
