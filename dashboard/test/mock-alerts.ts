import {
  AddAlertRule,
  AddSilence,
  type Alert,
  type AlertRule,
  ChangeAlertRule,
  type Silence,
} from '@vastrox/shared/alert.ts'
import type { ErrorCode } from '@vastrox/shared/errors.ts'

interface Asked {
  params: string[]
  query: URLSearchParams
  body: unknown
}

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
const page = (items: readonly unknown[]) => ({ items, nextCursor: null })

const BASE: Alert = {
  id: 'al1',
  rule: 'errors',
  severity: 'critical',
  state: 'firing',
  subject: { kind: 'app', id: 'id-shop', name: 'shop' },
  app: 'shop',
  title: 'shop answers 7.4 % of its visitors with errors (5xx)',
  detail:
    '7.4 % of the answers were 5xx over the last 5 minutes; the limit is 5 %.\nRead the log of web.2; rolling back to v11 takes seconds.',
  value: 7.4,
  limit: 5,
  isDataMissing: false,
  since: ago(16),
  resolvedAt: null,
  before: {
    at: ago(27),
    kind: 'deployment',
    title: '#12 Cache the product list for a minute',
    link: '/apps/shop/deployments/12',
  },
  link: '/alerts/al1',
  acknowledgedBy: null,
  silencedUntil: null,
  becauseOf: null,
}

let alerts: Alert[] = [
  BASE,
  {
    ...BASE,
    id: 'al2',
    rule: 'latency',
    severity: 'warning',
    title: 'shop answers slower than usual: p95 is 1.2 s',
    detail: 'p95 is 1.2 s; usual at this time of the week are 85 ms.',
    value: 1_240,
    limit: 255,
    since: ago(14),
    before: null,
    link: '/apps/shop/metrics',
    becauseOf: 'al1',
  },
  {
    ...BASE,
    id: 'al3',
    rule: 'disk-forecast',
    severity: 'warning',
    subject: { kind: 'disk', id: 'data', name: 'main, data' },
    app: null,
    title: 'The disk will be full on Tuesday',
    detail: 'It grows by 1.4 GB a day, and 5.2 GB are left above what deployments need.',
    value: 3.7,
    limit: 7,
    since: ago(410),
    before: null,
    link: '/disk',
    acknowledgedBy: 'anna',
  },
]

const resolved: Alert[] = [
  {
    ...BASE,
    id: 'al0',
    rule: 'crash-loop',
    state: 'resolved',
    title: 'mail-hook: worker.1 keeps crashing',
    app: 'mail-hook',
    subject: { kind: 'app', id: 'id-mail-hook', name: 'mail-hook' },
    since: ago(3_000),
    resolvedAt: ago(2_960),
    before: { at: ago(3_004), kind: 'env', title: 'SMTP_URL changed by anna', link: null },
  },
]

let rules: AlertRule[] = [
  {
    id: 'errors',
    name: 'Errors',
    isBuiltIn: true,
    words: 'A share of the answers of an app are 5xx, with at least one request a second.',
    severity: 'critical',
    isOn: true,
    condition: {
      of: 'edge',
      metric: 'errorRate',
      aggregate: 'each',
      is: 'above',
      limit: 5,
      clearLimit: 2,
      forMs: 300_000,
      minRequests: 1,
    },
    app: null,
  },
  {
    id: 'disk-forecast',
    name: 'Disk will be full',
    isBuiltIn: true,
    words: 'By the growth of the last days the disk is full within a week.',
    severity: 'warning',
    isOn: true,
    condition: {
      of: 'disk',
      metric: 'daysToFull',
      aggregate: 'each',
      is: 'below',
      limit: 7,
      clearLimit: 10,
      forMs: 3_600_000,
    },
    app: null,
  },
  {
    id: 'drill-failed',
    name: 'Drill failed',
    isBuiltIn: true,
    words: 'A backup could not be restored for proof, or not all of it was there.',
    severity: 'critical',
    isOn: true,
    condition: null,
    app: null,
  },
  {
    id: 'r1',
    name: 'Memory of the shop',
    isBuiltIn: false,
    words: 'Memory in percent of its limit, of each instance.',
    severity: 'warning',
    isOn: true,
    condition: {
      of: 'instance',
      metric: 'memoryPercent',
      aggregate: 'each',
      is: 'above',
      limit: 85,
      forMs: 600_000,
    },
    app: 'shop',
  },
]

let silences: Silence[] = [
  {
    id: 's1',
    rule: 'disk-forecast',
    app: null,
    reason: 'A second disk comes on Monday',
    by: 'anna',
    createdAt: ago(100),
    until: new Date(Date.now() + 86_400_000).toISOString(),
  },
]

export function mockAlerts(
  fail: (code: ErrorCode) => Error,
  isEmpty: boolean,
): Record<string, (asked: Asked) => unknown> {
  if (isEmpty) alerts = []
  const find = (id: string | undefined): Alert => {
    const alert = [...alerts, ...resolved].find((each) => each.id === id)
    if (!alert) throw fail('ROUTE_NOT_FOUND')
    return alert
  }
  return {
    'GET /alert-summary': () => ({
      critical: alerts.filter(({ severity }) => severity === 'critical').length,
      warning: alerts.filter(({ severity }) => severity === 'warning').length,
      info: 0,
      hasChannel: !isEmpty,
    }),
    'GET /alerts': ({ query }) => {
      const app = query.get('app')
      const wanted = query.get('state') === 'resolved' ? resolved : alerts
      return page(wanted.filter((each) => app === null || each.app === app))
    },
    'GET /alerts/:': ({ params }) => find(params[0]),
    'POST /alerts/:/acknowledge': ({ params }) => {
      alerts = alerts.map((each) =>
        each.id === params[0] ? { ...each, acknowledgedBy: 'anna' } : each,
      )
      return find(params[0])
    },
    'GET /alert-rules': () => page(rules),
    'POST /alert-rules': ({ body }) => {
      const rule: AlertRule = {
        ...AddAlertRule.parse(body),
        id: `r${rules.length + 1}`,
        isBuiltIn: false,
        words: 'Watched since now.',
        isOn: true,
      }
      rules = [...rules, rule]
      return rule
    },
    'PATCH /alert-rules/:': ({ params, body }) => {
      const { name, severity, isOn } = ChangeAlertRule.parse(body)
      rules = rules.map((each) =>
        each.id === params[0]
          ? {
              ...each,
              ...(name !== undefined && { name }),
              ...(severity && { severity }),
              ...(isOn !== undefined && { isOn }),
            }
          : each,
      )
      return rules.find(({ id }) => id === params[0])
    },
    'DELETE /alert-rules/:': ({ params }) => {
      rules = rules.filter(({ id, isBuiltIn }) => isBuiltIn || id !== params[0])
    },
    'GET /silences': () => page(isEmpty ? [] : silences),
    'POST /silences': ({ body }) => {
      const { forMs, ...rest } = AddSilence.parse(body)
      const silence: Silence = {
        ...rest,
        id: `s${silences.length + 1}`,
        by: 'anna',
        createdAt: ago(0),
        until: new Date(Date.now() + forMs).toISOString(),
      }
      silences = [...silences, silence]
      return silence
    },
    'DELETE /silences/:': ({ params }) => {
      silences = silences.filter(({ id }) => id !== params[0])
    },
  }
}
