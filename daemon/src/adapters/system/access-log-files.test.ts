import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccessLogFiles } from './access-log-files.ts'

describe('reading access logs', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-access-'))
    await mkdir(join(directory, 'app'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const line = (at: number, changes: object = {}): string =>
    `${JSON.stringify({
      time: new Date(Date.UTC(2026, 0, 1, 10, 0, at)).toISOString(),
      app: 'hello',
      release: 3,
      instance: 'web-1',
      client: '192.0.2.1',
      method: 'GET',
      host: 'hello.test',
      path: `/${at}`,
      status: 200,
      ms: 1.5,
      bytesIn: 0,
      bytesOut: 10,
      complete: true,
      requestId: `id-${at}`,
      ...changes,
    })}\n`
  const write = (name: string, text: string) => writeFile(join(directory, 'app', name), text)
  const read = (...args: Parameters<ReturnType<typeof createAccessLogFiles>['tail']>) =>
    createAccessLogFiles(directory)
      .tail(...args)
      .then((lines) => lines.map(({ path }) => path))

  it('gives the last lines over several files, oldest first, whatever the size of a file', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => line(at)).join('')
    await write('2026-01-01T10.000.log', many)
    await write('2026-01-01T10.001.log', line(3_000) + line(3_001))
    await write('2026-01-01T11.000.log', line(3_600))

    expect(await read('app', {}, 4)).toEqual(['/2999', '/3000', '/3001', '/3600'])
    expect(await read('app', {}, 10_000)).toHaveLength(3_003)
  })

  it('filters by status, class, method, path, client, and whether it is a look of our own', async () => {
    await write(
      '2026-01-01T10.000.log',
      line(1) +
        line(2, { status: 502 }) +
        line(3, { status: 404, method: 'POST' }) +
        line(4, { client: '2001:db8::1', path: '/api/x' }) +
        line(5, { isUptimeCheck: true }),
    )

    expect(await read('app', { status: '5xx' }, 10)).toEqual(['/2'])
    expect(await read('app', { status: '404' }, 10)).toEqual(['/3'])
    expect(await read('app', { method: 'POST' }, 10)).toEqual(['/3'])
    expect(await read('app', { checks: 'only' }, 10)).toEqual(['/5'])
    expect(await read('app', { checks: 'none' }, 10)).not.toContain('/5')
    expect(await read('app', { path: '/api' }, 10)).toEqual(['/api/x'])
    expect(await read('app', { client: '2001:db8::1' }, 10)).toEqual(['/api/x'])
  })

  it('gives what is newer only, where that is asked for', async () => {
    await write('2026-01-01T10.000.log', Array.from({ length: 30 }, (_, at) => line(at)).join(''))

    expect(await read('app', {}, 10, '2026-01-01T10:00:27.000Z')).toEqual(['/28', '/29'])
  })

  it('passes over a line that is half written, and over what is no file of ours', async () => {
    await write('2026-01-01T10.000.log', `${line(1)}nonsense\n{"time":"2026-01-01T1`)
    await write('other', line(2))

    expect(await read('app', {}, 10)).toEqual(['/1'])
    expect(await read('../app', {}, 10)).toEqual([])
    expect(await read('nobody', {}, 10)).toEqual([])
  })
})
