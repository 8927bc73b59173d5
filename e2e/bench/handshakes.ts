import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { startWorkerWithApp, type WorkerWithApp } from './worker-with-app.ts'

interface Options {
  certificates: number
  handshakes: number
  /** Idle connections whose memory is measured, in turn. */
  idle: readonly number[]
}

const ROUNDS = 3
/** What a worker still does with a new snapshot (storing, collecting) is not a handshake's. */
const SETTLE_MS = 3_000
/** Of 10,000 certificates against one (issue 6). */
const RATIO_GOAL = 1.2
/** One worker takes 8,000 connections. */
const CONNECTIONS_PER_WORKER = 7_000

/**
 * `pnpm bench handshakes`: the time of a handshake with one certificate and with many, by turns on two
 * workers. With many each name is drawn by chance, after every name was asked for once; those first
 * handshakes, which make a context each, are told by themselves. Then how much of it resumption
 * saves, and what idle HTTP/2 connections cost.
 */
export async function benchHandshakes({ certificates, handshakes, idle }: Options) {
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-handshakes-'))
  const hosts = Array.from({ length: certificates }, (_, index) => `h${index}.test`)
  const workers: WorkerWithApp[] = []
  const open = async (): Promise<WorkerWithApp> => {
    const worker = await startWorkerWithApp({ directory })
    workers.push(worker)
    return worker
  }
  try {
    const withMany = await open()
    const megabytes = { before: await memoryOf(withMany), loaded: 0, used: 0 }
    await withMany.publish(hosts)
    await sleep(SETTLE_MS)
    megabytes.loaded = await memoryOf(withMany)
    const first = await inTurn(hosts, (host) => timeHandshake(withMany, host))
    megabytes.used = await memoryOf(withMany)

    const withOne = await open()
    // As many as the other has had: what is compiled and grown by then is not what is compared.
    await inTurn(hosts, () => timeHandshake(withOne, 'localhost'))
    const one: number[] = []
    const many: number[] = []
    const draw = (): string => hosts[Math.floor(Math.random() * hosts.length)] ?? ''
    for (let turn = 0; turn < ROUNDS * handshakes; turn += 1) {
      const ofOne = await timeHandshake(withOne, 'localhost')
      const ofMany = await timeHandshake(withMany, draw())
      one.push(ofOne)
      many.push(ofMany)
    }
    const resumed = await resume(withMany, handshakes)
    const ratioP99 = round(at(many, 0.99) / at(one, 0.99))
    return {
      certificates,
      oneMs: timesOf(one),
      firstMs: timesOf(first),
      manyMs: timesOf(many),
      resumedMs: timesOf(resumed.times),
      resumedShare: resumed.share,
      ratioP50: round(at(many, 0.5) / at(one, 0.5)),
      ratioP99,
      megabytes,
      idle: await measureIdle(directory, idle),
      ok: ratioP99 <= RATIO_GOAL,
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
    await rm(directory, { recursive: true, force: true })
  }
}

/** One after the other, so that it is the handshake that is measured and not a queue. */
async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await act(item))
  return results
}

/** Milliseconds from the connection to the handshake's end. */
async function timeHandshake(worker: WorkerWithApp, name: string): Promise<number> {
  const begun = performance.now()
  const socket = await shakeHand(worker, name)
  const tookMs = performance.now() - begun
  socket.destroy()
  return tookMs
}

async function resume(worker: WorkerWithApp, count: number) {
  const first = connect(optionsOf(worker, 'localhost'))
  const session = await new Promise<Buffer>((resolve, reject) => {
    first.once('session', resolve)
    first.once('error', reject)
  })
  first.destroy()
  const times: number[] = []
  let reused = 0
  for (let turn = 0; turn < count; turn += 1) {
    const begun = performance.now()
    const socket = await shakeHand(worker, 'localhost', session)
    times.push(performance.now() - begun)
    if (socket.isSessionReused()) reused += 1
    socket.destroy()
  }
  return { times, share: reused / count }
}

/** One certificate in many copies: it is trusted as it is, and its name is not that of each host. */
const optionsOf = ({ httpsPort, certificatePem }: WorkerWithApp, servername: string) => ({
  port: httpsPort,
  host: '127.0.0.1',
  servername,
  ALPNProtocols: ['h2'],
  ca: certificatePem,
  checkServerIdentity: () => undefined,
})

function shakeHand(
  worker: WorkerWithApp,
  servername: string,
  session?: Buffer,
): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
  const socket = connect({ ...optionsOf(worker, servername), ...(session ? { session } : {}) })
  socket.once('secureConnect', () => resolve(socket))
  socket.once('error', reject)
  return promise
}

async function measureIdle(directory: string, counts: readonly number[]) {
  const results: { connections: number; workers: number; kilobytesEach: number }[] = []
  for (const connections of counts) {
    const workers = Math.ceil(connections / CONNECTIONS_PER_WORKER)
    const worker = await startWorkerWithApp({ directory, workers })
    const sessions: ClientHttp2Session[] = []
    try {
      const first = await openSession(worker)
      first.destroy()
      const before = await memoryOf(worker)
      for (let open = 0; open < connections; open += 50)
        sessions.push(
          ...(await Promise.all(
            Array.from({ length: Math.min(50, connections - open) }, () => openSession(worker)),
          )),
        )
      const kilobytes = ((await memoryOf(worker)) - before) * 1_024
      results.push({ connections, workers, kilobytesEach: round(kilobytes / connections) })
    } finally {
      for (const session of sessions) session.destroy()
      await worker.stop()
    }
  }
  return results
}

/** A connection that has asked once and is kept, as a browser does. */
async function openSession(worker: WorkerWithApp): Promise<ClientHttp2Session> {
  const session = connectHttp2('https://localhost', {
    createConnection: () => connect(optionsOf(worker, 'localhost')),
  })
  session.on('error', () => undefined)
  const stream = session.request({ ':path': '/' })
  await new Promise((resolve, reject) => {
    stream.once('close', resolve)
    stream.once('error', reject)
    stream.resume()
  })
  return session
}

/** PSS of the workers, in MB. */
async function memoryOf({ pids }: WorkerWithApp): Promise<number> {
  const texts = await Promise.all(
    pids().map((pid) => readFile(`/proc/${pid}/smaps_rollup`, 'utf8')),
  )
  const kilobytes = texts.map((text) => Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0))
  return Math.round(kilobytes.reduce((sum, each) => sum + each, 0) / 1_024)
}

const at = (times: number[], share: number): number =>
  times.toSorted((one, other) => one - other)[Math.floor(times.length * share)] ?? 0

const timesOf = (times: number[]): { p50: number; p99: number } => ({
  p50: round(at(times, 0.5)),
  p99: round(at(times, 0.99)),
})

const round = (value: number): number => Math.round(value * 100) / 100
