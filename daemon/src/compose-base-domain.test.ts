import { expect, it } from 'vitest'
import { createHarness } from '#test/harness.ts'
import { createTestBaseDomain } from '#test/test-base-domain.ts'
import { createDashboardPairs } from './compose-base-domain.ts'

it('shows the certificate of now by a name from before whose CA is gone', async () => {
  const harness = createHarness()
  const { place } = createTestBaseDomain(harness, { audit: { append: () => {} } })
  place.save({
    ...place.newMove({ from: 'old.example', to: 'localhost', by: 'anna' }),
    state: 'done',
  })
  const issued: (readonly string[])[] = []
  const pairs = createDashboardPairs({
    place,
    publicAddress: '203.0.113.10',
    pairFor: () => undefined,
    authority: {
      certificate: async () => '',
      formerCertificates: async () => [],
      covers: (name) => name === 'localhost',
      issue: async (names) => {
        issued.push(names)
        return { certificatePem: names.join(' '), keyPem: '', notAfter: new Date(0) }
      },
    },
  })
  const local = { cert: 'local', key: '' }

  const { former } = await pairs.choose(local)

  expect(former).toEqual([{ host: 'old.example', pair: local }])
  expect(issued).toEqual([])
})
