import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Route } from '#ports/routing-snapshot.ts'
import { UPTIME_AGENT } from '#ports/uptime-agent.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, sendRaw } from '#test/proxy/rig.ts'
import { type AccessLogLimits, createAccessLog } from './access-log.ts'

let rig: Rig | undefined
afterEach(async () => {
  await rig?.end()
  rig = undefined
})

async function linesOf(directory: string, key: string): Promise<Record<string, unknown>[]> {
  const names = await readdir(join(directory, key)).catch((): string[] => [])
  const texts = await Promise.all(
    names.toSorted().map((name) => readFile(join(directory, key, name), 'utf8')),
  )
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...Object(JSON.parse(line)) }))
}

describe('the access log of a worker', () => {
  it('has a line of JSON for each request, with the app it was for, and secrets masked', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((_req, res) => res.end('four'))
    const accessLog = { key: 'app-id', percent: 100, days: 7 }
    await rig.publish([routeTo([instanceAt(port, 'web-1', 7)], { accessLog })])
    await sendRaw(
      rig.port,
      `POST /"a"?token=secret&page=2 HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 3\r\n\r\nabc`,
      100,
    )
    await sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n`, 100)
    await rig.worker.plane.accessLog.flush()
    const directory = join(rig.directory, 'access')

    expect(await linesOf(directory, 'app-id')).toMatchObject([
      {
        app: 'app',
        release: 7,
        instance: 'web-1',
        client: '127.0.0.1',
        method: 'POST',
        host: HOST,
        path: '/"a"',
        query: 'token=***&page=2',
        status: 200,
        bytesIn: 3,
        bytesOut: 4,
        complete: true,
      },
    ])
    expect(await linesOf(directory, '_none')).toMatchObject([{ host: 'unknown.test', status: 404 }])
  })

  it('marks the looks of uptime checks, which come from this machine under their name', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((_req, res) => res.end('four'))
    const accessLog = { key: 'app-id', percent: 100, days: 7 }
    await rig.publish([routeTo([instanceAt(port)], { accessLog })])
    for (const [path, agent] of [
      ['/look', UPTIME_AGENT],
      ['/visit', 'Mozilla/5.0'],
    ])
      await sendRaw(
        rig.port,
        `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nUser-Agent: ${agent}\r\nConnection: close\r\n\r\n`,
        5_000,
      )
    await rig.worker.plane.accessLog.flush()

    const lines = await linesOf(join(rig.directory, 'access'), 'app-id')
    expect(lines.map(({ path, isUptimeCheck }) => [path, isUptimeCheck])).toEqual([
      ['/look', true],
      ['/visit', undefined],
    ])
  })

  it('can be switched off by the snapshot', async () => {
    rig = await createRig()
    await rig.publish([], {
      settings: { httpsPort: 443, baseDomain: 'test', trustedProxies: [], accessLog: false },
    })
    await sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 100)
    await rig.worker.plane.accessLog.flush()

    await expect(readdir(join(rig.directory, 'access'))).rejects.toThrow('ENOENT')
  })
})

describe('the files of the access log', () => {
  let directory: string
  const said: string[] = []
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-access-'))
    said.length = 0
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const open = (limits: Partial<AccessLogLimits> = {}, removesOld = true) =>
    createAccessLog({ directory, removesOld, limits, onProblem: (line) => said.push(line) })

  async function bytesOf(key: string): Promise<number> {
    const names = await readdir(join(directory, key)).catch((): string[] => [])
    const files = await Promise.all(names.map((name) => stat(join(directory, key, name))))
    return files.reduce((sum, { size }) => sum + size, 0)
  }

  it('are followed by others when they are full, for every worker that writes', async () => {
    const logs = [open({ fileBytes: 2_000 }), open({ fileBytes: 2_000 }, false)]
    for (let turn = 0; turn < 40; turn += 1)
      for (const log of logs) {
        log.note(visit(), 1, performance.now())
        await log.flush()
      }
    for (const log of logs) await log.close()

    const names = await readdir(join(directory, 'app-id'))
    expect(names.length).toBeGreaterThan(5)
    for (const name of names)
      expect((await stat(join(directory, 'app-id', name))).size).toBeLessThan(3_000)
    expect(await linesOf(directory, 'app-id')).toHaveLength(80)
    expect(said).toEqual([])
  })

  it('go by age as the app wants it, and by size', async () => {
    const log = open({ appBytes: 5_000 })
    const old = (days: number): string =>
      `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 13)}.000.log`
    await mkdir(join(directory, 'app-id'))
    await mkdir(join(directory, 'gone'))
    await writeFile(join(directory, 'app-id', old(2)), 'kept\n')
    await writeFile(join(directory, 'app-id', old(4)), 'too old\n')
    await writeFile(join(directory, 'gone', old(6)), 'x'.repeat(4_000))
    await writeFile(join(directory, 'gone', old(5)), 'x'.repeat(4_000))
    await writeFile(join(directory, 'gone', old(30)), 'x')
    log.keep([route({ days: 3 })])
    log.note(visit(), 1, performance.now())
    await log.close()

    const names = await readdir(join(directory, 'app-id'))
    expect(names).toContain(old(2))
    expect(names).not.toContain(old(4))
    expect(await readdir(join(directory, 'gone'))).toEqual([old(5)])
  })

  it('hold a share of what went well and all that failed, and say the share', async () => {
    const log = open()
    const sampled = route({ percent: 10 })
    for (let turn = 0; turn < 1_000; turn += 1) log.note(visit(200, sampled), 1, performance.now())
    for (let turn = 0; turn < 20; turn += 1) log.note(visit(502, sampled), 1, performance.now())
    await log.close()

    const lines = await linesOf(directory, 'app-id')
    const well = lines.filter(({ status }) => status === 200)
    expect(lines.length - well.length).toBe(20)
    expect(well.length).toBeGreaterThan(40)
    expect(well.length).toBeLessThan(200)
    expect(well[0]).toMatchObject({ percent: 10 })
  })

  it('hold a share of a crowd, what failed of it all the same, and say the share', async () => {
    const log = open()
    for (let turn = 0; turn < 20_000; turn += 1) {
      log.note(visit(), 1, turn / 10)
      if (turn % 1_000 === 0) log.note(visit(502), 1, turn / 10)
    }
    await log.close()

    const lines = await linesOf(directory, 'app-id')
    const well = lines.filter(({ status }) => status === 200)
    expect(lines.length - well.length).toBe(20)
    expect(well.length).toBeLessThan(2_500)
    const stoodFor = well.reduce((sum, { percent }) => sum + 100 / Number(percent ?? 100), 0)
    expect(stoodFor).toBeGreaterThan(15_000)
    expect(stoodFor).toBeLessThan(25_000)
  })

  it('are written while there is much to write, and not in one heap each second', async () => {
    const log = open()
    for (let turn = 0; turn < 3_000; turn += 1) log.note(visit(502), 1, performance.now())
    let early = 0
    while (early === 0) early = await bytesOf('app-id')
    await log.close()

    expect(early).toBeLessThan(await bytesOf('app-id'))
    expect(await linesOf(directory, 'app-id')).toHaveLength(3_000)
  })

  it('are never waited for: what is too much is left out and counted', async () => {
    const log = open({ waitingBytes: 1_000 })
    for (let turn = 0; turn < 100; turn += 1) log.note(visit(), 1, performance.now())
    await log.close()

    const lines = await linesOf(directory, 'app-id')
    const [dropped] = await linesOf(directory, '_none')
    expect(Number(dropped?.['droppedLines']) + lines.length).toBe(100)
  })
})

const route = (changes: Partial<NonNullable<Route['accessLog']>> = {}): Route =>
  routeTo([], { accessLog: { key: 'app-id', percent: 100, days: 7, ...changes } })

const visit = (
  statusCode = 200,
  of = route(),
): Parameters<ReturnType<typeof createAccessLog>['note']>[0] => ({
  head: { method: 'GET', host: HOST, path: '/', target: '/', headers: [] },
  visitor: { address: '127.0.0.1', requestId: 'id' },
  res: { headersSent: true, statusCode, writableFinished: true },
  app: 'app',
  route: of,
  instance: undefined,
  bytesIn: 0,
  bytesOut: 0,
})
