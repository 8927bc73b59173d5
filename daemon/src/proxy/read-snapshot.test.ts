import { describe, expect, it } from 'vitest'
import { DaemonToWorker } from '#ports/routing-snapshot.ts'
import { instanceAt, routeTo, snapshotOf } from '#test/proxy/rig.ts'
import { readDaemonMessage } from './read-snapshot.ts'

const certificate = { id: 'c', hosts: ['a'], certificatePem: 'x', keyPem: 'y' }
const rules = {
  stripPrefix: true,
  redirectHost: 'www.a',
  visitorsTo: 'a.example',
  redirects: [{ from: '/a', to: '/b', status: 301 }],
  basicAuth: { realm: 'r', users: [{ name: 'n', hash: 'h' }] },
  allow: ['::1'],
  deny: ['10.0.0.0/8'],
  maintenance: { html: 'h', allow: ['::1'], retryAfterS: 60 },
  setHeaders: [{ name: 'N', value: 'v' }],
  removeHeaders: ['x'],
  hsts: 'max-age=1',
  compress: 'safe' as const,
  rate: { perSecond: 0.5, burst: 1 },
  concurrent: 1,
  limits: { responseHeadTimeoutMs: 1, idleTimeoutMs: 2 },
  sticky: true,
  keepAssets: true,
}
const snapshot = {
  type: 'snapshot',
  snapshot: snapshotOf(
    [
      routeTo([instanceAt(1)]),
      routeTo([], { rules, accessLog: { key: 'k', percent: 7, days: 7 } }),
    ],
    {
      certificates: [certificate],
      challenges: [{ token: 't', keyAuthorization: 'k' }],
      settings: {
        httpsPort: 1,
        baseDomain: 'b',
        trustedProxies: ['::1'],
        accessLog: false,
        reachKey: 'ab',
      },
    },
  ),
}
const messages: object[] = [
  snapshot,
  { type: 'snapshot', snapshot: { ...snapshotOf([]), routes: ['d'], certificates: ['e'] } },
  {
    type: 'parts',
    parts: {
      routes: [{ digest: 'd', route: routeTo([instanceAt(1)]) }],
      certificates: [{ digest: 'e', certificate }],
    },
  },
  { type: 'drain', question: 1, instances: ['a'] },
  { type: 'cut', instances: [] },
  { type: 'slots' },
  { type: 'taken', source: 'w', number: 7 },
  {
    type: 'snapshot',
    snapshot: snapshotOf([routeTo([], { state: 'asleep', sleep: { ignores: ['monitors'] } })]),
  },
]

/** Every copy of the value in which one thing, at any depth, is missing or of another kind. */
function* damaged(value: unknown): Generator {
  for (const other of [null, 1.5, 7, 'text', true, [], {}]) yield other
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const put = (changed: unknown): unknown =>
      Array.isArray(value)
        ? value.map((entry: unknown, index) => (String(index) === key ? changed : entry))
        : { ...value, [key]: changed }
    if (!Array.isArray(value)) {
      const { [key]: _gone, ...rest }: Record<string, unknown> = { ...value }
      yield rest
    }
    for (const changed of damaged(inner)) yield put(changed)
  }
}

const accepts = (read: (value: unknown) => unknown, value: unknown): boolean => {
  try {
    read(value)
    return true
  } catch {
    return false
  }
}

describe('the border check of a worker', () => {
  it('takes what the schema takes, and gives the same', () => {
    for (const message of messages)
      expect(readDaemonMessage({ ...message, extra: 1 })).toEqual(DaemonToWorker.parse(message))
  })

  it('refuses what the schema refuses, for every single thing that can be wrong', () => {
    let refused = 0
    for (const message of messages) {
      for (const value of damaged(message)) {
        const schema = accepts((each) => DaemonToWorker.parse(each), value)
        expect(accepts(readDaemonMessage, value), JSON.stringify(value)).toBe(schema)
        if (!schema) refused += 1
      }
    }
    expect(refused).toBeGreaterThan(300)
  })
})
