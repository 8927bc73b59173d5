import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProxyAdapter, type ProxyAdapter } from '#adapters/proxy/proxy-adapter.ts'
import { type EdgeReport, WorkerToDaemon } from '#ports/routing-snapshot.ts'
import {
  createRig,
  HOST,
  instanceAt,
  type Rig,
  routeTo,
  sendRaw,
  snapshotOf,
  until,
} from '#test/proxy/rig.ts'
import { startWorker } from './worker.ts'

const SLOT_MS = 150

/** What a daemon keeps on disk: reports by their names, whichever daemon was given them. */
function createKept() {
  const reports = new Map<string, EdgeReport>()
  return {
    reports,
    keep: (report: EdgeReport): void => {
      reports.set(`${report.source} ${report.number}`, report)
    },
    requests: (): number =>
      [...reports.values()]
        .flatMap(({ counts }) => counts)
        .reduce((sum, { requests }) => sum + requests, 0),
  }
}

describe('visitors while the daemon is away', () => {
  let rig: Rig
  let kept: ReturnType<typeof createKept>
  const daemons: ProxyAdapter[] = []
  let port = 0
  let asked = 0
  beforeEach(async () => {
    rig = await createRig({ limits: { sweepMs: 20 } })
    kept = createKept()
    asked = 0
    // The rig's own worker and daemon are not what is looked at.
    await rig.worker.stop()
    await rig.adapter.close()
  })
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.close()
    await rig.end()
  })

  async function startDaemon(keep: (report: EdgeReport) => void | Promise<void> = kept.keep) {
    const daemon = await createProxyAdapter({ socketPath: rig.controlSocket, say: () => undefined })
    daemons.push(daemon)
    daemon.onEdge(keep)
    await daemon.publish(snapshotOf([routeTo([instanceAt(port)])]), 5_000)
    await until(() => daemon.workers().length === 1, 20_000)
    return daemon
  }

  async function start() {
    const upstream = await rig.upstream((_req, res) => res.end('hello'))
    port = upstream.port
    const worker = await rig.start({ edgeSlotMs: SLOT_MS })
    const visit = async (count: number): Promise<void> => {
      for (let each = 0; each < count; each += 1) {
        await sendRaw(
          worker.ports.http ?? 0,
          `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
        )
        asked += 1
      }
    }
    rig.onEnd(() => worker.stop())
    return { worker, visit }
  }

  it('are counted, each once, when it is back: none is lost and none is doubled', async () => {
    const { visit, worker } = await start()
    const first = await startDaemon()
    await until(() => worker.generation() > 0)
    await visit(5)
    await first.close()
    await until(() => !worker.isConnected(), 20_000)
    const awayMs = Date.now()
    for (let burst = 0; burst < 4; burst += 1) {
      await visit(3)
      await new Promise((resolve) => setTimeout(resolve, SLOT_MS))
    }
    const backMs = Date.now()
    await startDaemon()
    await visit(2)

    await until(() => kept.requests() === asked, 20_000)
    await new Promise((resolve) => setTimeout(resolve, SLOT_MS * 3))
    expect(kept.requests()).toBe(5 + 12 + 2)
    // With the time at which they came, and not that of the daemon's return.
    const meanwhile = [...kept.reports.values()].filter(
      ({ fromMs, toMs, counts }) => toMs > awayMs && fromMs < backMs && counts.length > 0,
    )
    expect(meanwhile.length).toBeGreaterThanOrEqual(3)
  })

  it('are not lost and not doubled by one that is killed between the report and its commit, or after it', async () => {
    const { visit, worker } = await start()
    // It never gets as far as keeping it.
    const killedBefore = await startDaemon(() => new Promise(() => undefined))
    await until(() => worker.generation() > 0)
    await visit(4)
    await new Promise((resolve) => setTimeout(resolve, SLOT_MS * 2))
    await killedBefore.close()
    await until(() => !worker.isConnected(), 20_000)
    // It keeps it, and dies before it can say so.
    const killedAfter = await startDaemon((report) => {
      kept.keep(report)
      return new Promise(() => undefined)
    })
    await until(() => kept.requests() === asked, 20_000)
    await killedAfter.close()
    await until(() => !worker.isConnected(), 20_000)
    const given: string[] = []
    await startDaemon((report) => {
      given.push(`${report.source} ${report.number}`)
      kept.keep(report)
    })
    await visit(1)
    await until(() => kept.requests() === asked, 20_000)

    expect(kept.requests()).toBe(5)
    expect(new Set(given).size).toBe(given.length)
  })

  it('are left on disk by a worker that is replaced meanwhile, and sent by its successor', async () => {
    const { visit, worker } = await start()
    const first = await startDaemon()
    await until(() => worker.generation() > 0)
    await first.close()
    await until(() => !worker.isConnected(), 20_000)
    await visit(3)
    await worker.stop()
    const left = (await readdir(rig.directory)).filter((name) => name.startsWith('edge-left-'))
    expect(left.length).toBeGreaterThan(0)

    const successor = await rig.start({ edgeSlotMs: SLOT_MS })
    rig.onEnd(() => successor.stop())
    await startDaemon()
    await until(() => kept.requests() === asked, 20_000)

    expect(kept.requests()).toBe(3)
    expect(new Set([...kept.reports.values()].map(({ source }) => source)).size).toBeGreaterThan(0)
    await expect
      .poll(async () =>
        (await readdir(rig.directory)).filter((name) => name.startsWith('edge-left-')),
      )
      .toEqual([])
  })
})

describe('a worker during an upgrade', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-upgrade-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  it('tells a daemon of the version before what that understands, and nothing else', async () => {
    const socketPath = join(directory, 'proxy.sock')
    const heard: WorkerToDaemon[] = []
    const daemon = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write(`${JSON.stringify({ type: 'snapshot', snapshot: snapshotOf([routeTo([])]) })}\n`)
      void (async () => {
        for await (const line of readNdjson(socket)) heard.push(WorkerToDaemon.parse(line))
      })().catch(() => undefined)
    })
    await new Promise<void>((resolve) => daemon.listen(socketPath, resolve))
    const worker = await startWorker({
      worker: 0,
      directory,
      controlSocket: socketPath,
      http: { host: '127.0.0.1', port: 0 },
      https: undefined,
      limits: { sweepMs: 20, drainIdleMs: 50 },
      edgeSlotMs: SLOT_MS,
      say: () => undefined,
    })
    await until(() => worker.generation() > 0, 20_000)
    await sendRaw(
      worker.ports.http ?? 0,
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
    )
    await until(
      () => heard.some((one) => one.type === 'edge' && one.report.counts.length > 0),
      20_000,
    )
    await worker.stop()
    daemon.close()

    expect(new Set(heard.map(({ type }) => type))).not.toContain('slot')
    const edges = heard.flatMap((one) => (one.type === 'edge' ? one.report.counts : []))
    expect(edges).toMatchObject([{ app: 'app', requests: 1, times: { length: 52 } }])
  })
})
