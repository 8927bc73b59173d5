import { readFile } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProxy } from './proxy-under-test.ts'
import { median, percentile } from './statistics.ts'

const PROGRAM = resolve(import.meta.dirname, '../../daemon/src/proxy/main.ts')
/** Issue 6: 10,000 routes and as many certificates. */
const GOAL_MS = 100
const TURNS = 20
/** As the daemon sends them. */
const PARTS_A_LINE = 100
const SETTLE_MS = 1_500
const ASK_EVERY_MS = 5

/**
 * `pnpm bench snapshot [count]`: how long a worker takes, and what of the processor, until it has acknowledged
 * a snapshot of so many routes and certificates of which one has changed; and how long a visitor on a
 * kept connection waited meanwhile. The lines are ready beforehand: what is measured is the worker.
 */
export async function benchSnapshot(count: number) {
  const app = createServer((_req, res) => res.end('served'))
  await new Promise<void>((done) => {
    app.listen(0, '127.0.0.1', done)
  })
  const address = app.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const proxy = await startProxy({ program: PROGRAM, workers: 1 })
  const [pid = 0] = proxy.pids()
  const over = new AbortController()
  try {
    const firstMs = await proxy.publishText(firstText(count, port, proxy.httpsPort))
    await sleep(SETTLE_MS)
    const waits: number[] = []
    const asking = askOn(proxy.port, waits, over.signal)
    const texts = Array.from({ length: TURNS }, (_, turn) =>
      changedText(count, port, proxy.httpsPort, turn),
    )
    const times: number[] = []
    const before = await processorMs(pid)
    for (const text of texts) {
      times.push(await proxy.publishText(text))
      await sleep(ASK_EVERY_MS * 10)
    }
    const processor = (await processorMs(pid)) - before
    over.abort()
    const failed = await asking
    return {
      count,
      firstMs: Math.round(firstMs),
      medianMs: Math.round(median(times)),
      longestMs: Math.round(Math.max(...times)),
      /** Of each, the requests beside it among it. */
      processorMs: Math.round(processor / TURNS),
      visitorP99Ms: Math.round(percentile(waits, 0.99)),
      visitorLongestMs: Math.round(Math.max(...waits)),
      visitors: waits.length,
      failed,
      ok: failed === 0 && median(times) <= GOAL_MS,
    }
  } finally {
    over.abort()
    await proxy.stop()
    app.closeAllConnections()
    app.close()
  }
}

const routeOf = (index: number, port: number, release: number) => ({
  id: `r${index}`,
  app: `app-${index}`,
  host: `app-${index}.test`,
  pathPrefix: '/',
  state: 'serving',
  redirectToHttps: false,
  instances: [{ name: `i-${index}-${release}`, host: '127.0.0.1', port, release }],
  maxBodyBytes: 100 * 2 ** 20,
})

/** As long as a real one with its chain; a worker reads it when a handshake asks for it. */
const certificateOf = (index: number) => ({
  id: `c${index}`,
  hosts: [`app-${index}.test`],
  certificatePem: `-----BEGIN CERTIFICATE-----\n${String(index).padEnd(2_800, 'A')}\n-----END CERTIFICATE-----\n`,
  keyPem: `-----BEGIN PRIVATE KEY-----\n${String(index).padEnd(220, 'A')}\n-----END PRIVATE KEY-----\n`,
})

const digestOf = (kind: string, index: number, release: number): string =>
  `${kind}${index}-${release}`.padEnd(24, '_')

let generation = 0

/** Names every part; the first route is of this release. */
function namedLine(count: number, httpsPort: number, release: number): string {
  generation += 1
  const snapshot = {
    generation,
    routes: Array.from({ length: count }, (_, index) =>
      digestOf('r', index, index === 0 ? release : 1),
    ),
    certificates: Array.from({ length: count }, (_, index) => digestOf('c', index, 1)),
    challenges: [],
    settings: { httpsPort, baseDomain: 'test', trustedProxies: [] },
  }
  return `${JSON.stringify({ type: 'snapshot', snapshot })}\n`
}

function firstText(count: number, port: number, httpsPort: number): string {
  let text = ''
  for (let from = 0; from < count; from += PARTS_A_LINE) {
    const indexes = Array.from(
      { length: Math.min(PARTS_A_LINE, count - from) },
      (_, at) => from + at,
    )
    const parts = {
      routes: indexes.map((index) => ({
        digest: digestOf('r', index, 1),
        route: routeOf(index, port, 1),
      })),
      certificates: indexes.map((index) => ({
        digest: digestOf('c', index, 1),
        certificate: certificateOf(index),
      })),
    }
    text += `${JSON.stringify({ type: 'parts', parts })}\n`
  }
  return text + namedLine(count, httpsPort, 1)
}

function changedText(count: number, port: number, httpsPort: number, turn: number): string {
  const release = turn + 2
  const route = routeOf(0, port, release)
  const parts = { routes: [{ digest: digestOf('r', 0, release), route }], certificates: [] }
  return `${JSON.stringify({ type: 'parts', parts })}\n${namedLine(count, httpsPort, release)}`
}

/** One visitor on one kept connection, asking again and again; gives how many answers were wrong. */
async function askOn(port: number, waits: number[], signal: AbortSignal): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let failed = 0
  while (!signal.aborted) {
    const begun = performance.now()
    const answer = await ask(agent, port).catch((error: unknown) => String(error))
    waits.push(performance.now() - begun)
    if (answer !== '200 served') failed += 1
    await sleep(ASK_EVERY_MS)
  }
  agent.destroy()
  return failed
}

function ask(agent: Agent, port: number): Promise<string> {
  const { promise, resolve: give, reject } = Promise.withResolvers<string>()
  const headers = { host: 'app-0.test' }
  request({ host: '127.0.0.1', port, agent, headers }, (res) => {
    let text = `${res.statusCode} `
    res.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    res.on('end', () => give(text))
  })
    .on('error', reject)
    .end()
  return promise
}

const TICK_MS = 10

/** What of a processor the process has used until now; wall-clock on a busy machine says little. */
async function processorMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
