import { QueryClient } from '@tanstack/react-query'
import { UptimeCheck } from '@vastrox/shared/uptime.ts'
import { afterEach, expect, it, vi } from 'vitest'
import { loadUptime } from './load-uptime.ts'
import { checksQuery, incidentsQuery } from './queries.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const check = (id: string): UptimeCheck =>
  UptimeCheck.parse({
    id,
    name: id,
    kind: 'http',
    target: 'https://example.com',
    method: 'GET',
    everyMs: 60_000,
    timeoutMs: 10_000,
    expect: {},
    followRedirects: false,
    app: null,
    isOn: true,
    state: 'up',
    since: null,
    reason: null,
    lastMs: null,
    lastAt: null,
    certificateDays: null,
    availability: { day: null, week: null, quarter: null },
    createdAt: '2026-11-27T00:00:00.000Z',
  })

it('every check is listed, however many pages there are', async () => {
  const asked: string[] = []
  vi.stubGlobal('window', {
    fetch: async (url: string) => {
      asked.push(url)
      const isFirst = !url.includes('cursor=')
      const page = { items: [check(isFirst ? 'one' : 'two')], nextCursor: isFirst ? 'one' : null }
      return Response.json(page)
    },
  })

  const checks = await new QueryClient().fetchQuery(checksQuery)

  expect(checks.map(({ id }) => id)).toEqual(['one', 'two'])
  expect(asked.at(-1)).toMatch(/cursor=one$/)
})

it('what the bars of days show is one call for all of them', async () => {
  const incident = {
    startedAt: '2026-11-26T00:00:00.000Z',
    endedAt: '2026-11-26T00:10:00.000Z',
    reason: 'It answers 500.',
  }
  const asked: string[] = []
  vi.stubGlobal('window', {
    fetch: async (url: string) => {
      asked.push(url)
      const items = [{ ...check('one'), incidents: [incident] }, check('two')]
      return Response.json({ items, nextCursor: null })
    },
  })

  expect(await new QueryClient().fetchQuery(incidentsQuery)).toEqual({ one: [incident], two: [] })
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatch(/limit=50&incidents=true$/)
})

it.each([
  ['of checks has when they were down', [check('one')], 2],
  ['without checks asks for them alone', [], 1],
] as const)('the page %s', async (_, items, calls) => {
  const asked: string[] = []
  vi.stubGlobal('window', {
    fetch: async (url: string) => {
      asked.push(url)
      return Response.json({ items, nextCursor: null })
    },
  })
  const client = new QueryClient()

  await loadUptime({
    read: (query) => client.ensureQueryData(query),
    readPages: (query) => client.ensureInfiniteQueryData(query),
    may: () => true,
    isGlance: false,
    params: { name: '', addon: '', id: '', number: '' },
    search: {},
  })

  expect(asked.map((url) => url.includes('incidents=true'))).toEqual([false, true].slice(0, calls))
})
