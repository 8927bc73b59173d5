import {
  AddOutgoingWebhook,
  ChangeOutgoingWebhook,
  type OutgoingDelivery,
  type OutgoingDeliveryDetails,
  type OutgoingWebhook,
} from '@vastrox/shared/outgoing-webhook.ts'

const AT = '2026-11-26T11:00:00.000Z'
const SECRET = 'whsec_ZXhhbXBsZS1vZi1hLXNlY3JldC10aGF0LWlzLW5vdA=='

let webhooks: OutgoingWebhook[] = [
  {
    id: 'w1',
    name: 'chat of the team',
    url: 'https://chat.example.com/hooks/vastrox',
    events: ['deployment.live', 'deployment.failed', 'app.crash_looping'],
    app: null,
    state: 'on',
    reason: null,
    waiting: 0,
    createdAt: AT,
    deliveredAt: AT,
    failingSince: null,
    oldSignatureUntil: null,
  },
  {
    id: 'w2',
    name: 'old dashboard',
    url: 'https://status.example.com/in',
    events: ['deployment.live'],
    app: 'shop',
    state: 'stopped',
    reason: 'Nothing was taken for three days. The last time: It answers 503.',
    waiting: 0,
    createdAt: AT,
    deliveredAt: null,
    failingSince: AT,
    oldSignatureUntil: null,
  },
]

const deliveries: OutgoingDelivery[] = [
  {
    id: 'd2',
    eventId: 'msg_02',
    event: 'deployment.failed',
    state: 'waiting',
    attempts: 2,
    lastAttempt: {
      at: AT,
      status: 503,
      durationMs: 1_204,
      reason: 'It answers 503.',
      answer: 'try again later',
    },
    nextAttemptAt: '2026-11-26T11:02:00.000Z',
    createdAt: AT,
  },
  {
    id: 'd1',
    eventId: 'msg_01',
    event: 'deployment.live',
    state: 'delivered',
    attempts: 1,
    lastAttempt: { at: AT, status: 200, durationMs: 84, reason: null, answer: 'ok' },
    nextAttemptAt: null,
    createdAt: AT,
  },
]

const details = (id: string): OutgoingDeliveryDetails => {
  const [first] = deliveries
  const delivery = deliveries.find((each) => each.id === id) ?? first
  if (!delivery) throw new Error('there is no delivery')
  return {
    ...delivery,
    request: {
      url: 'https://chat.example.com/hooks/vastrox',
      headers: { 'content-type': 'application/json; charset=utf-8', 'webhook-id': 'msg_01' },
      body: JSON.stringify({ type: delivery.event, version: 1, timestamp: AT, data: {} }),
    },
    tries: delivery.lastAttempt === null ? [] : [delivery.lastAttempt],
  }
}

interface Asked {
  params: readonly string[]
  body: unknown
}

const changed = (id: string | undefined, change: Partial<OutgoingWebhook>): OutgoingWebhook => {
  webhooks = webhooks.map((each) => (each.id === id ? { ...each, ...change } : each))
  const found = webhooks.find((each) => each.id === id)
  if (!found) throw new Error('there is no webhook')
  return found
}

export const mockWebhooks = {
  'GET /outgoing-webhooks': () => ({ items: webhooks, nextCursor: null }),
  'POST /outgoing-webhooks': ({ body }: Asked) => {
    const { url, events, app, name } = AddOutgoingWebhook.parse(body)
    const [first] = webhooks
    if (!first) throw new Error('there is no webhook')
    const webhook = {
      ...first,
      id: `w${webhooks.length + 1}`,
      name: name ?? new URL(url).host,
      url,
      events,
      app,
    }
    webhooks = [...webhooks, webhook]
    return { webhook, webhookSecret: SECRET }
  },
  'PATCH /outgoing-webhooks/:': ({ params, body }: Asked) => {
    const { isOn } = ChangeOutgoingWebhook.parse(body)
    return changed(params[0], { state: isOn ? 'on' : 'off', reason: null, failingSince: null })
  },
  'DELETE /outgoing-webhooks/:': ({ params }: Asked) => {
    webhooks = webhooks.filter(({ id }) => id !== params[0])
  },
  'POST /outgoing-webhooks/:/secret': ({ params }: Asked) => ({
    webhook: changed(params[0], {}),
    webhookSecret: SECRET,
  }),
  'POST /outgoing-webhooks/:/test': () => deliveries[1],
  'GET /outgoing-webhooks/:/deliveries': () => ({ items: deliveries, nextCursor: null }),
  'GET /outgoing-webhooks/:/deliveries/:': ({ params }: Asked) => details(params[1] ?? ''),
  'POST /outgoing-webhooks/:/deliveries/:/redeliver': () => deliveries[1],
}
