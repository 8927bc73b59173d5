import type { DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import type { FoundLine, LogLine } from '@vastrox/shared/log.ts'

const ESC = '\u001b'

export type BuildLine = [kind: DeploymentLogLine['kind'], text: string]

/** Lines of a build as the real one prints them, colours and all. */
export const BUILD_LINES: BuildLine[] = [
  ['step', '-----> Node.js app detected (package.json)'],
  ['output', '       Node 26.10.0 from engines, npm by package-lock.json'],
  ['step', '-----> Installing dependencies'],
  ['output', '       npm ci --prefer-offline'],
  ['output', `       ${ESC}[32madded 67 packages${ESC}[0m in 1.2s`],
  ['output', `       ${ESC}[33mnpm warn${ESC}[0m deprecated inflight@1.0.6`],
  ['step', '-----> Building'],
  ['output', '       npm run build'],
  ['output', `       ${ESC}[1mvite v8.3.8${ESC}[0m ${ESC}[36mbuilding for production…${ESC}[0m`],
  ['output', `       ${ESC}[2mdist/${ESC}[22m${ESC}[35massets/index-9f3.js${ESC}[39m  148.20 kB`],
  ['output', '       ✓ built in 2.31s'],
  ['step', '-----> Release v13: web, worker'],
  ['step', '-----> Starting web.1, web.2, worker.1'],
  ['step', '-----> Checking GET /healthz'],
  ['output', '       web.1 answers 200 after 0.4 s'],
  ['step', '-----> Live at https://shop.203-0-113-7.sslip.io'],
]

const REQUESTS = ['/', '/products', '/cart', '/healthz', '/products/42', '/login']

export function appLogLine(index: number, at: Date): LogLine {
  const path = REQUESTS[index % REQUESTS.length] ?? '/'
  const base = { at: at.toISOString(), release: 12 }
  if (index % 23 === 7) {
    const text = `${ESC}[31mError${ESC}[0m: connect ECONNREFUSED 10.128.0.9:6379`
    return { ...base, source: 'web.2', stream: 'stderr', text }
  }
  if (index % 31 === 11) {
    return { ...base, source: 'platform', stream: 'platform', text: 'web.2 was restarted (exit 1)' }
  }
  if (index % 5 === 4) {
    return { ...base, source: 'worker.1', stream: 'stdout', text: `job ${4000 + index} mail done` }
  }
  const status = index % 17 === 3 ? `${ESC}[33m404${ESC}[0m` : `${ESC}[32m200${ESC}[0m`
  const text = `GET ${path} ${status} ${ESC}[2m${(index % 9) + 1} ms${ESC}[22m`
  return { ...base, source: `web.${(index % 2) + 1}`, stream: 'stdout', text }
}

/** A line every 1.7 s, for as long as anybody looks back; its id says which it is. */
const EVERY_MS = 1_700
const MOST_BACK = 20_000

export function foundLine(index: number): FoundLine {
  const line = appLogLine(index, new Date(index * EVERY_MS))
  const isJson = index % 13 === 5
  const text = isJson
    ? JSON.stringify({
        level: 'warn',
        msg: 'slow query',
        ms: 480 + (index % 90),
        user: { id: index % 9 },
      })
    : line.text
  const level = line.stream === 'stderr' ? 'error' : isJson ? 'warning' : null
  return { ...line, text, id: `1-${index}`, level }
}

const LEVELS = ['debug', 'info', 'warning', 'error']
const isWanted = (line: FoundLine, query: URLSearchParams): boolean => {
  const text = query.get('text')?.toLowerCase()
  const level = query.get('level')
  const source = query.get('source')
  const [name = '', value = ''] = (query.get('fields') ?? '').split('=')
  return (
    (text === undefined || line.text.toLowerCase().includes(text)) &&
    (level === null || LEVELS.indexOf(line.level ?? 'info') >= LEVELS.indexOf(level)) &&
    (source === null || line.source === source) &&
    (name === '' || line.text.includes(`"${name.split('.').at(-1)}":${value}`))
  )
}

export const newestIndex = (): number => Math.floor(Date.now() / EVERY_MS)

export function searchLog(query: URLSearchParams) {
  const limit = Number(query.get('limit') ?? '100')
  const to = Math.min(Date.parse(query.get('to') ?? '') || Date.now(), Date.now())
  const from = Date.parse(query.get('from') ?? '') || (newestIndex() - MOST_BACK) * EVERY_MS
  const cursor = query.get('cursor')
  let index = cursor === null ? Math.floor(to / EVERY_MS) : Number(cursor.slice(2)) - 1
  const items: FoundLine[] = []
  while (index * EVERY_MS >= from && items.length < limit) {
    const line = foundLine(index)
    if (isWanted(line, query)) items.push(line)
    index -= 1
  }
  const nextCursor = index * EVERY_MS >= from ? `1-${index + 1}` : null
  return { items, nextCursor, scannedBytes: 1_000, tookMs: 3 }
}

export const linesBetween = (after: string | null, query: URLSearchParams): FoundLine[] => {
  const newest = newestIndex()
  const first = after === null ? newest - 200 : Number(after.slice(2)) + 1
  return Array.from({ length: Math.max(0, newest - first + 1) }, (_, at) =>
    foundLine(first + at),
  ).filter((line) => isWanted(line, query))
}
