import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { benchZeroDowntime } from '../bench/zero-downtime.ts'
import { connectInstallation } from '#support/installation.ts'

const vastrox = connectInstallation()
let result: Awaited<ReturnType<typeof benchZeroDowntime>>

beforeAll(async () => {
  result = await benchZeroDowntime(vastrox, { deployments: 6, ratePerSecond: 200, broken: true })
})
afterAll(() => undefined)

describe('an open-loop client at 200 requests a second, over good and broken deployments', () => {
  it('sees no failed request (D1 to D4)', () => {
    expect(result.reasons).toEqual({})
    expect(result.failed).toBe(0)
    expect(result.sent).toBeGreaterThan(1_000)
  })

  it('was served by every good release and by no broken one', () => {
    expect(result.versionsSeen).toEqual(result.versionsDeployed)
  })
})
