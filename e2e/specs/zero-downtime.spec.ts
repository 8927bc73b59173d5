import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { benchZeroDowntime } from '../bench/zero-downtime.ts'
import { connectInstallation } from '#support/installation.ts'

const vastrox = connectInstallation()
let result: Awaited<ReturnType<typeof benchZeroDowntime>>

beforeAll(async () => {
  result = await benchZeroDowntime(vastrox, {
    deployments: 4,
    ratePerSecond: 300,
    broken: true,
    slowSeconds: 4,
    drainMs: 10_000,
  })
})
afterAll(() => undefined)

describe('visitors at 300 requests a second, over good and broken deployments', () => {
  it('see no failed request (D1 to D4)', () => {
    expect(result.reasons).toEqual({})
    expect(result.failed).toBe(0)
    expect(result.sent).toBeGreaterThan(1_000)
  })

  it('see no failed request over HTTP/2, on connections that are left only when the server says so', () => {
    expect(result.staying.http2).toMatchObject({ failed: 0, reasons: {} })
    expect(result.staying.http2.done).toBeGreaterThan(500)
  })

  it('keep what is open across switches: WebSockets, event streams, long answers, uploads (D1)', () => {
    const { webSockets, events, slowAnswers, uploads } = result.staying
    for (const kind of [webSockets, events, slowAnswers, uploads]) {
      expect(kind).toMatchObject({ failed: 0, reasons: {} })
      expect(kind.done).toBeGreaterThan(0)
    }
  })

  it('never get an older release than one that has answered before', () => {
    expect(result.wentBack).toEqual([])
  })

  it('were served by every good release and by no broken one', () => {
    expect(result.versionsSeen).toEqual(result.versionsDeployed)
  })
})
