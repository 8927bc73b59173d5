import { AddChannel, ChangeChannel, type Channel } from '@vastrox/shared/channel.ts'
import { AddLogDrain, ChangeLogDrain, type LogDrain } from '@vastrox/shared/log-drain.ts'

interface Asked {
  params: string[]
  body: unknown
}

const AT = '2026-11-26T11:00:00.000Z'
const page = (items: readonly unknown[]) => ({ items, nextCursor: null })

const text = (description?: string) => ({ type: 'string', ...(description && { description }) })
const KINDS = [
  {
    kind: 'email',
    title: 'E-mail',
    settings: {
      type: 'object',
      properties: {
        host: text('The server that takes your mail: smtp.example.com'),
        port: { type: 'integer', default: 587 },
        security: { type: 'string', enum: ['starttls', 'tls', 'none'], default: 'starttls' },
        user: { ...text('Empty where the server asks for none'), default: '' },
        password: { ...text(), default: '' },
        from: text('alerts@example.com'),
        to: text('Several with commas'),
      },
      required: ['host', 'from', 'to'],
    },
    neverShown: ['password'],
  },
  {
    kind: 'slack',
    title: 'Slack',
    settings: {
      type: 'object',
      properties: {
        webhookUrl: text('Of an incoming webhook: https://hooks.slack.com/services/…'),
      },
      required: ['webhookUrl'],
    },
    neverShown: ['webhookUrl'],
  },
]

let channels: Channel[] = [
  {
    id: 'c1',
    name: 'On call',
    kind: 'email',
    where: 'anna@example.com by smtp.example.com',
    settings: {
      host: 'smtp.example.com',
      port: 587,
      from: 'alerts@example.com',
      to: 'anna@example.com',
    },
    secretsSet: ['password'],
    minSeverity: 'critical',
    withDeployments: false,
    apps: null,
    isOn: true,
    failingSince: null,
    reason: null,
    deliveredAt: AT,
    waiting: 0,
    createdAt: AT,
  },
  {
    id: 'c2',
    name: '#deploys',
    kind: 'slack',
    where: 'hooks.slack.com',
    settings: {},
    secretsSet: ['webhookUrl'],
    minSeverity: 'info',
    withDeployments: true,
    apps: ['shop', 'blog'],
    isOn: true,
    failingSince: AT,
    reason: 'It answers 404: no_service. The webhook was removed in Slack.',
    deliveredAt: null,
    waiting: 3,
    createdAt: AT,
  },
]

let drains: LogDrain[] = [
  {
    id: 'd1',
    kind: 'syslog',
    target: 'logs.example.com:6514',
    format: 'ndjson',
    app: null,
    isOn: true,
    hasSecret: false,
    state: 'sending',
    failingSince: null,
    reason: null,
    sentLines: 1_284_112,
    droppedLines: 0,
    waitingLines: 0,
    createdAt: AT,
  },
  {
    id: 'd2',
    kind: 'http',
    target: 'https://in.example.net/v1/logs',
    format: 'ndjson',
    app: 'shop',
    isOn: true,
    hasSecret: true,
    state: 'failing',
    failingSince: AT,
    reason: 'It answers 401: the secret is refused.',
    sentLines: 88_120,
    droppedLines: 412,
    waitingLines: 2_031,
    createdAt: AT,
  },
]

export const mockChannels: Record<string, (asked: Asked) => unknown> = {
  'GET /catalog/channels': () => page(KINDS),
  'GET /channels': () => page(channels),
  'POST /channels': ({ body }) => {
    const { settings, name, ...rest } = AddChannel.parse(body)
    const [first] = channels
    if (!first) throw new Error('there is no channel')
    const { password: _password, webhookUrl: _url, ...shown } = settings
    const channel: Channel = {
      ...first,
      ...rest,
      id: `c${channels.length + 1}`,
      name: name ?? rest.kind,
      settings: shown,
      secretsSet: [],
      deliveredAt: null,
    }
    channels = [...channels, channel]
    return channel
  },
  'PATCH /channels/:': ({ params, body }) => {
    const { isOn, name, minSeverity } = ChangeChannel.parse(body)
    channels = channels.map((each) =>
      each.id === params[0]
        ? {
            ...each,
            ...(isOn !== undefined && { isOn }),
            ...(name !== undefined && { name }),
            ...(minSeverity && { minSeverity }),
          }
        : each,
    )
    return channels.find(({ id }) => id === params[0])
  },
  'DELETE /channels/:': ({ params }) => {
    channels = channels.filter(({ id }) => id !== params[0])
  },
  'POST /channels/:/test': ({ params }) =>
    params[0] === 'c2'
      ? { isTaken: false, answer: 'It answers 404: no_service', tookMs: 212 }
      : { isTaken: true, answer: '250 2.0.0 Ok: queued as 4F2A1', tookMs: 384 },
  'GET /channels/:/deliveries': () =>
    page([
      {
        id: 'x2',
        title: 'shop answers 7.4 % of its visitors with errors (5xx)',
        kind: 'alert',
        severity: 'critical',
        state: 'waiting',
        attempts: 2,
        lastAnswer: 'It answers 503: try again later.',
        createdAt: AT,
        nextAttemptAt: '2026-11-26T11:04:00.000Z',
      },
      {
        id: 'x1',
        title: 'mail-hook: worker.1 keeps crashing',
        kind: 'alert',
        severity: 'critical',
        state: 'delivered',
        attempts: 1,
        lastAnswer: '250 2.0.0 Ok: queued as 4F2A0',
        createdAt: AT,
        nextAttemptAt: null,
      },
    ]),
  'GET /log-drains': () => page(drains),
  'POST /log-drains': ({ body }) => {
    const { kind, target, app } = AddLogDrain.parse(body)
    const [first] = drains
    if (!first) throw new Error('there is no drain')
    const drain: LogDrain = {
      ...first,
      id: `d${drains.length + 1}`,
      kind,
      target,
      app,
      state: 'connecting',
      sentLines: 0,
    }
    drains = [...drains, drain]
    return drain
  },
  'PATCH /log-drains/:': ({ params, body }) => {
    const { isOn = true } = ChangeLogDrain.parse(body)
    drains = drains.map((each) =>
      each.id === params[0] ? { ...each, isOn, state: isOn ? 'sending' : 'off' } : each,
    )
    return drains.find(({ id }) => id === params[0])
  },
  'POST /log-drains/:/test': () => ({ isTaken: true, answer: 'One line was sent.', tookMs: 31 }),
  'DELETE /log-drains/:': ({ params }) => {
    drains = drains.filter(({ id }) => id !== params[0])
  },
}
