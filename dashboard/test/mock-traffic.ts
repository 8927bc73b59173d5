import type { ServerResponse } from 'node:http'
import type { AccessLine, Traffic, TrafficSums } from '@vastrox/shared/traffic.ts'

interface Asked {
  params: string[]
  query: URLSearchParams
  response: ServerResponse
}

const sumsOf = (requests: number): TrafficSums => ({
  requests,
  ok: Math.round(requests * 0.9),
  redirected: Math.round(requests * 0.05),
  clientErrors: Math.round(requests * 0.03),
  serverErrors: Math.round(requests * 0.015),
  gone: Math.round(requests * 0.005),
  bytesIn: requests * 300,
  bytesOut: requests * 14_000,
  p50Ms: 7.4,
  p95Ms: 41 + (requests % 30),
  p99Ms: 160 + (requests % 70),
})

/** An hour that rises and falls, with minutes in which nobody asked. */
function trafficOf(minutes: number): Traffic {
  const now = Math.floor(Date.now() / 60_000)
  const points = Array.from({ length: minutes }, (_, at) => at)
    .filter((at) => at % 17 !== 5)
    .map((at) => ({
      at: new Date((now - minutes + 1 + at) * 60_000).toISOString(),
      webSocketsOpen: at % 7,
      ...sumsOf(Math.round(400 + 300 * Math.sin(at / 6) + (at % 9) * 20)),
    }))
  const total = points.reduce((sum, { requests }) => sum + requests, 0)
  return {
    minutes,
    sums: sumsOf(total),
    webSocketsOpen: 4,
    points,
    byRelease: [
      { release: 12, webSocketsOpen: 4, ...sumsOf(Math.round(total * 0.9)) },
      { release: null, webSocketsOpen: 0, ...sumsOf(Math.round(total * 0.1)) },
    ],
    byRoute: [
      {
        host: 'shop.203-0-113-7.sslip.io',
        pathPrefix: '/',
        webSocketsOpen: 3,
        ...sumsOf(Math.round(total * 0.6)),
      },
      {
        host: 'example.com',
        pathPrefix: '/api',
        webSocketsOpen: 1,
        ...sumsOf(Math.round(total * 0.4)),
      },
    ],
  }
}

const EMPTY: Traffic = {
  minutes: 60,
  sums: { ...sumsOf(0), p50Ms: null, p95Ms: null, p99Ms: null },
  webSocketsOpen: 0,
  points: [],
  byRelease: [],
  byRoute: [],
}

const PATHS = [
  '/',
  '/products',
  '/cart',
  '/api/orders',
  '/products/42/a-rather-long-name',
  '/login',
]
const STATUSES = [200, 200, 304, 200, 404, 200, 200, 500, 200, 499]

const lineOf = (at: number, time: Date): AccessLine => {
  const status = STATUSES[at % STATUSES.length] ?? 200
  return {
    time: time.toISOString(),
    release: 12,
    instance: `web-${(at % 2) + 1}`,
    client: at % 3 === 0 ? '2001:db8:4:7::1c' : `203.0.113.${(at % 50) + 1}`,
    method: at % 11 === 3 ? 'POST' : 'GET',
    host: 'shop.203-0-113-7.sslip.io',
    path: PATHS[at % PATHS.length] ?? '/',
    query: at % 7 === 2 ? 'token=***&page=2' : '',
    status,
    ms: 2 + (at % 40),
    bytesIn: 0,
    bytesOut: 1_200 + (at % 90) * 100,
    complete: status !== 499,
    percent: 100,
    isUptimeCheck: false,
    requestId: `req-${at}`,
  }
}

const matches = (line: AccessLine, query: URLSearchParams): boolean => {
  const status = query.get('status')
  const path = query.get('path')
  const client = query.get('client')
  return (
    (status === null ||
      (status.endsWith('xx')
        ? String(line.status).startsWith(status.charAt(0))
        : String(line.status) === status)) &&
    (path === null || line.path.includes(path)) &&
    (client === null || line.client === client)
  )
}

function follow({ query, response }: Asked): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n\n')
  let at = 0
  const write = (time: Date): void => {
    const line = lineOf(at, time)
    at += 1
    if (matches(line, query)) response.write(`data: ${JSON.stringify(line)}\n\n`)
  }
  for (let before = 120; before > 0; before -= 1) write(new Date(Date.now() - before * 900))
  const timer = setInterval(() => write(new Date()), 500)
  response.on('close', () => clearInterval(timer))
}

/** One app has visitors, the others have none. */
export const mockTraffic: Record<string, (asked: Asked) => unknown> = {
  'GET /apps/:/traffic': ({ params, query }) =>
    params[0] === 'shop' ? trafficOf(Number(query.get('minutes') ?? '60')) : EMPTY,
  'GET /apps/:/access-log/stream': follow,
  'GET /apps/:/access-log/download': ({ query, response }) => {
    const lines = Array.from({ length: 40 }, (_, at) => lineOf(at, new Date())).filter((line) =>
      matches(line, query),
    )
    response.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'content-disposition': 'attachment; filename="shop-access-log.ndjson"',
    })
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  },
}
