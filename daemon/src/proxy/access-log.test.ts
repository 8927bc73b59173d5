import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createRig, HOST, instanceAt, type Rig, routeTo, sendRaw } from '#test/proxy/rig.ts'
import { createAccessLog } from './access-log.ts'

let rig: Rig
afterEach(() => rig.end())

const read = async (name = 'access.log'): Promise<string> => {
  await rig.worker.plane.accessLog.flush()
  return readFile(join(rig.directory, name), 'utf8')
}

describe('the access log', () => {
  it('has a line of JSON for each request, without the query', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((_req, res) => res.end('four'))
    await rig.publish([routeTo([instanceAt(port, 'web-1', 7)])])
    await sendRaw(
      rig.port,
      `POST /"a"?token=secret HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 3\r\n\r\nabc`,
      100,
    )
    await sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n`, 100)

    const text = await read()
    const lines = text.trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      app: 'app',
      release: 7,
      instance: 'web-1',
      client: '127.0.0.1',
      method: 'POST',
      host: HOST,
      path: '/"a"',
      status: 200,
      bytesIn: 3,
      bytesOut: 4,
      complete: true,
    })
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ host: 'unknown.test', status: 404 })
    expect(text).not.toContain('secret')
  })

  it('can be switched off by the snapshot', async () => {
    rig = await createRig()
    await rig.publish([], {
      settings: { httpsPort: 443, baseDomain: 'test', trustedProxies: [], accessLog: false },
    })
    await sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 100)

    await expect(read()).rejects.toThrow('ENOENT')
  })

  it('is bounded: the full file becomes the old one, for every worker that writes', async () => {
    rig = await createRig()
    await rig.publish([])
    const path = join(rig.directory, 'small.log')
    const said: string[] = []
    const open = (rotates: boolean) =>
      createAccessLog({ path, rotates, maxBytes: 2_000, onProblem: (line) => said.push(line) })
    const logs = [open(true), open(false)]
    const visit = visitThatIsOver()
    for (let turn = 0; turn < 40; turn += 1) {
      for (const log of logs) {
        log.note(visit)
        await log.flush()
      }
    }
    for (const log of logs) await log.close()

    expect((await stat(path)).size).toBeLessThan(3_000)
    expect((await stat(`${path}.1`)).size).toBeLessThan(3_000)
    expect(said).toEqual([])
  })
})

const visitThatIsOver = (): Parameters<ReturnType<typeof createAccessLog>['note']>[0] => ({
  head: { method: 'GET', host: HOST, path: '/' },
  visitor: { address: '127.0.0.1', requestId: 'id' },
  res: {
    headersSent: true,
    statusCode: 200,
    writableFinished: true,
  },
  app: undefined,
  instance: undefined,
  startedAt: performance.now(),
  bytesIn: 0,
  bytesOut: 0,
})
