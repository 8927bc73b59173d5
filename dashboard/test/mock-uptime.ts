import type { ErrorCode } from '@vastrox/shared/errors.ts'
import type { CrashDetails } from '@vastrox/shared/process.ts'
import {
  AddUptimeCheck,
  ChangeUptimeCheck,
  type UptimeCheckDetails,
} from '@vastrox/shared/uptime.ts'

interface Asked {
  params: string[]
  body: unknown
}

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
const page = (items: readonly unknown[]) => ({ items, nextCursor: null })
const DAY_MIN = 1_440

const BASE: UptimeCheckDetails = {
  id: 'u1',
  name: 'shop',
  kind: 'http',
  target: '/',
  method: 'GET',
  everyMs: 60_000,
  timeoutMs: 10_000,
  expect: {},
  followRedirects: false,
  app: 'shop',
  isOn: true,
  state: 'up',
  since: ago(4_000),
  reason: null,
  lastMs: 42,
  lastAt: ago(0.4),
  certificateDays: 71,
  availability: { day: 100, week: 99.981, quarter: 99.93 },
  createdAt: ago(45 * DAY_MIN),
  incidents: [
    {
      startedAt: ago(9 * DAY_MIN),
      endedAt: ago(9 * DAY_MIN - 48),
      reason: 'It answers 502.',
    },
    {
      startedAt: ago(20 * DAY_MIN),
      endedAt: ago(20 * DAY_MIN - 3),
      reason: 'No answer within 10 s.',
    },
  ],
}

let checks: UptimeCheckDetails[] = [
  BASE,
  {
    ...BASE,
    id: 'u2',
    name: 'Payments',
    target: 'https://pay.example.com/health',
    app: null,
    state: 'down',
    since: ago(26),
    reason: 'It answers 503 (Service Unavailable).',
    lastMs: 1_204,
    certificateDays: 12,
    expect: { status: '2xx', contains: 'ok', slowMs: 800, certificateDays: 14 },
    availability: { day: 98.2, week: 99.61, quarter: 99.87 },
    incidents: [
      { startedAt: ago(26), endedAt: null, reason: 'It answers 503 (Service Unavailable).' },
      ...BASE.incidents,
    ],
  },
  {
    ...BASE,
    id: 'u3',
    name: 'blog',
    app: 'blog',
    state: 'paused',
    lastMs: null,
    certificateDays: null,
    availability: { day: null, week: null, quarter: null },
    incidents: [],
  },
]

const CRASH: CrashDetails = {
  number: 3,
  at: ago(17),
  process: 'web',
  ordinal: 2,
  release: 12,
  exitCode: 137,
  signal: 'SIGKILL',
  oomKilled: true,
  explanation: 'It took more memory than its limit: the kernel ended it.',
  memoryBytes: 512 * 2 ** 20,
  instance: 'shop-web-2',
  lines: [
    '200 GET /products 8 ms',
    '\u001b[33mwarning\u001b[0m: cache has 1,204,112 entries',
    '200 GET /products/42 480 ms',
  ],
  curve: {
    times: Array.from({ length: 40 }, (_, at) => Math.round(Date.now() / 1_000) - 1_620 + at * 15),
    memory: Array.from({ length: 40 }, (_, at) =>
      at === 11 ? null : (180 + at * at * 0.21) * 2 ** 20,
    ),
    cpu: Array.from({ length: 40 }, (_, at) => 0.2 + (at % 7) * 0.05),
  },
  requestsInFlight: 7,
  healthyAt: ago(18),
  changes: [
    {
      at: ago(27),
      kind: 'deployment',
      title: '#12 Cache the product list for a minute',
      link: '/apps/shop/deployments/12',
    },
  ],
}

export function mockUptime(
  fail: (code: ErrorCode) => Error,
): Record<string, (asked: Asked) => unknown> {
  const find = (id: string | undefined): UptimeCheckDetails => {
    const check = checks.find((each) => each.id === id)
    if (!check) throw fail('ROUTE_NOT_FOUND')
    return check
  }
  return {
    'GET /uptime-checks': () => page(checks),
    'POST /uptime-checks': ({ body }) => {
      const check: UptimeCheckDetails = {
        ...BASE,
        ...AddUptimeCheck.parse(body),
        name: AddUptimeCheck.parse(body).name ?? AddUptimeCheck.parse(body).target,
        id: `u${checks.length + 1}`,
        app: null,
        state: 'waiting',
        incidents: [],
        createdAt: ago(0),
      }
      checks = [...checks, check]
      return check
    },
    'GET /uptime-checks/:': ({ params }) => find(params[0]),
    'PATCH /uptime-checks/:': ({ params, body }) => {
      const { isOn } = ChangeUptimeCheck.parse(body)
      checks = checks.map((each) =>
        each.id === params[0] && isOn !== undefined
          ? { ...each, isOn, state: isOn ? 'waiting' : 'paused' }
          : each,
      )
      return find(params[0])
    },
    'DELETE /uptime-checks/:': ({ params }) => {
      checks = checks.filter(({ id }) => id !== params[0])
    },
    'GET /apps/:/crashes': ({ params }) =>
      page(
        params[0] === 'shop'
          ? [
              CRASH,
              {
                ...CRASH,
                number: 2,
                ordinal: 1,
                exitCode: 1,
                signal: null,
                oomKilled: false,
                explanation: null,
                at: ago(4_000),
                lines: ['Error: connect ECONNREFUSED 10.128.0.9:6379'],
              },
            ]
          : [],
      ),
    'GET /apps/:/crashes/:': () => CRASH,
  }
}
