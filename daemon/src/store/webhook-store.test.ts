import { expect, it } from 'vitest'
import { createWebhookStore } from '#store/webhook-store.ts'
import { createHarness } from '#test/harness.ts'

it('keeps so many deliveries of an app at most, however lately they came, and what waits', () => {
  const harness = createHarness()
  const app = harness.addApp('hello')
  const store = createWebhookStore(harness.db)
  const at = (second: number): string =>
    new Date(Date.parse('2026-11-26T12:00:00Z') + second * 1_000).toISOString()
  for (let number = 0; number < 20; number += 1)
    store.insertForPlatform({
      id: `delivery-${number}`,
      appId: app.id,
      teamId: app.teamId,
      deliveryId: String(number),
      bodyDigest: 'x',
      hostKind: 'generic',
      event: 'push',
      ref: null,
      sha: null,
      state: number === 0 ? 'waiting' : number === 14 ? 'refused' : 'nothing',
      reason: '',
      deployment: null,
      receivedAt: at(number),
    })
  const left = (): string[] => store.list(harness.actor, app.id, 100).map(({ id }) => id)

  store.pruneForPlatform(at(-60), 5, 10)
  expect(left()).toEqual([19, 18, 17, 16, 15, 13, 12, 11, 10, 0].map((one) => `delivery-${one}`))
  store.pruneForPlatform(at(12), 5, 10)
  expect(left()).toEqual([19, 18, 17, 16, 15, 13, 12, 0].map((one) => `delivery-${one}`))
})
