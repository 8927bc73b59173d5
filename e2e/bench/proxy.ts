import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { onCoresOfTheirOwn } from './cores.ts'
import type { Yard } from './proxy-configs.ts'
import { type Contestant, startRivals } from './proxy-contestants.ts'
import { ALONE, atHalfLoad, type HalfLoad } from './proxy-half-load.ts'
import { loadByH2load, loadByWebSockets, loadByWrk, type Measured, openIdle } from './proxy-load.ts'
import { startProxy } from './proxy-under-test.ts'
import { UPSTREAM_PROGRAM } from './proxy-upstream.ts'
import { median } from './statistics.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const OURS = 'vastrox'

interface Options {
  cases: string[]
  only: string[]
  rounds: number
  seconds: number
  idleConnections: number
  /** What was measured is put with what was measured before. */
  addTo: string | undefined
}

interface Row {
  case: string
  proxy: string
  perSecond: number
  p50Ms: number
  p99Ms: number
  cpuSecondsPer100k: number
  failed: number
}

type Load = (
  contestant: Contestant,
  options: Options,
  directory: string,
) => Promise<Measured> | undefined

const plain =
  (path: string, connections = 64, headers: string[] = []): Load =>
  ({ port }, { seconds }) =>
    loadByWrk(`http://localhost:${port}${path}`, { seconds, connections, headers })

const CASES: Record<string, Load> = {
  'keep-alive': plain('/'),
  new: plain('/', 32, ['Connection: close']),
  '10k': plain('/10k'),
  '1m': plain('/1m', 16),
  tls: ({ tlsPort }, { seconds }) =>
    tlsPort === undefined
      ? undefined
      : loadByWrk(`https://localhost:${tlsPort}/`, { seconds, connections: 64, headers: [] }),
  http2: ({ tlsPort, speaksHttp2 }, { seconds }, directory) =>
    tlsPort === undefined || !speaksHttp2
      ? undefined
      : loadByH2load(
          `https://localhost:${tlsPort}/`,
          { seconds, connections: 16, streams: 8 },
          directory,
        ),
  websocket: ({ port }, { seconds }) => loadByWebSockets(port, { seconds, connections: 32 }),
}

const HALF_LOAD = 'half-load'
const IDLE = 'idle'
const ALL = [...Object.keys(CASES), HALF_LOAD, IDLE]
/** Each is over within ten minutes with four seconds a turn; all of them together with two. */
const PARTS: Record<string, string[]> = {
  all: ALL,
  plain: ['keep-alive', 'new', '10k', '1m'],
  secure: ['tls', 'http2', 'websocket'],
  [HALF_LOAD]: [HALF_LOAD],
  [IDLE]: [IDLE],
}

/**
 * `pnpm bench proxy [all | plain | secure | half-load | idle] [--case keep-alive,tls …]
 * [--only nginx,caddy …] [--rounds 3] [--seconds 4] [--idle 7500] [--add-to file]`: one worker of ours and
 * every rival, one process each, in front of the same upstream, in turn. A proxy has a core to itself:
 * where three processes share two, the scheduler puts them on one for tens of milliseconds, and the figures
 * tell of that (decision 282). With a file, parts add up in it.
 */
export async function benchProxy(args: readonly string[]): Promise<object> {
  const options = readOptions(args)
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-bench-'))
  const children: ChildProcess[] = []
  const endings: (() => unknown)[] = [
    () => rm(directory, { recursive: true, force: true, maxRetries: 5 }),
  ]
  try {
    const yard = await prepare(directory, children)
    const wanted = (name: string): boolean =>
      options.only.length === 0 || options.only.includes(name)
    const rivals = await startRivals(yard, wanted, children)
    const ours = await startOurs(yard)
    endings.unshift(() => ours.stop())
    const alone: Contestant = {
      name: ALONE,
      port: yard.upstream,
      tlsPort: undefined,
      speaksHttp2: false,
      pids: [],
    }
    const contestants = [alone, ours.contestant, ...rivals.contestants]
    const { rows, halfLoad } = await onCoresOfTheirOwn(
      { proxies: contestants.flatMap(({ pids }) => pids), others: [yard.upstreamPid] },
      async () => {
        const found = await compare(contestants, options, directory)
        const most = found.find((row) => row.case === 'keep-alive' && row.proxy === OURS)
        if (!options.cases.includes(HALF_LOAD)) return { rows: found, halfLoad: [] }
        const perSecond = (most?.perSecond ?? (await mostOf(ours.contestant, options))) / 2
        const load = { ...options, perSecond: Math.round(perSecond), directory }
        return { rows: found, halfLoad: await atHalfLoad(contestants, load) }
      },
    )
    const idle = options.cases.includes(IDLE) ? await whileIdle(contestants, options) : []
    const figures = await addUp(options.addTo, { rows, halfLoad, idle })
    process.stderr.write(`${tableOf(figures)}\n`)
    return { options, missing: rivals.missing, ...figures, ratios: ratiosOf(figures.rows) }
  } finally {
    for (const child of children) child.kill('SIGTERM')
    for (const ending of endings) await ending()
  }
}

/** What ours can do, where that was not measured just now. */
async function mostOf({ port }: Contestant, { seconds }: Options): Promise<number> {
  const load = { seconds, connections: 64, headers: [] }
  return (await loadByWrk(`http://localhost:${port}/`, load)).perSecond
}

function readOptions(args: readonly string[]): Options {
  const valueOf = (name: string): string | undefined => {
    const at = args.indexOf(`--${name}`)
    return at === -1 ? undefined : args[at + 1]
  }
  const [first = 'all'] = args
  const part = first.startsWith('--') ? 'all' : first
  const cases = valueOf('case')?.split(',') ?? PARTS[part]
  if (!cases) throw new Error(`no part ${part}; there are ${Object.keys(PARTS).join(', ')}`)
  const unknown = cases.filter((name) => !ALL.includes(name))
  if (unknown.length > 0)
    throw new Error(`no case ${unknown.join(', ')}; there are ${ALL.join(', ')}`)
  return {
    cases,
    only: valueOf('only')?.split(',') ?? [],
    rounds: Number(valueOf('rounds') ?? 3),
    seconds: Number(valueOf('seconds') ?? (cases.length === ALL.length ? 2 : 4)),
    idleConnections: Number(valueOf('idle') ?? 7_500),
    addTo: valueOf('add-to'),
  }
}

async function prepare(directory: string, children: ChildProcess[]): Promise<Yard> {
  const upstream = 18_000 + (process.pid % 2_000)
  const certFile = join(directory, 'certificate.pem')
  const keyFile = join(directory, 'key.pem')
  execFileSync(
    '/usr/bin/openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      .concat(['-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', '/CN=localhost'])
      .concat(['-addext', 'subjectAltName=DNS:localhost']),
    { stdio: 'ignore' },
  )
  const both = (await readFile(certFile, 'utf8')) + (await readFile(keyFile, 'utf8'))
  await writeFile(join(directory, 'both.pem'), both)
  const traefik = `
http:
  routers: { app: { rule: "PathPrefix(\`/\`)", service: app, entryPoints: [plain] },
    secure: { rule: "PathPrefix(\`/\`)", service: app, entryPoints: [tls], tls: {} } }
  services: { app: { loadBalancer: { servers: [ { url: "http://127.0.0.1:${upstream}" } ] } } }
tls: { certificates: [ { certFile: ${certFile}, keyFile: ${keyFile} } ] }
`
  await writeFile(join(directory, 'traefik.routes.yml'), traefik)
  const args = ['-e', UPSTREAM_PROGRAM, String(upstream)]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  children.push(child)
  return { directory, upstream, upstreamPid: child.pid ?? 0, certFile, keyFile }
}

async function startOurs({ directory, upstream, certFile, keyFile }: Yard) {
  const program = join(directory, 'proxy.mjs')
  const build = await rolldown({
    input: join(ROOT, 'daemon/src/proxy/main.ts'),
    platform: 'node',
    logLevel: 'silent',
  })
  await build.write({ file: program, format: 'esm', minify: true, codeSplitting: false })
  await build.close()
  const proxy = await startProxy({ program, workers: 1 })
  const certificatePem = await readFile(certFile, 'utf8')
  const keyPem = await readFile(keyFile, 'utf8')
  await proxy.publish({
    generation: 1,
    routes: [
      {
        id: 'route-1',
        app: 'bench',
        host: 'localhost',
        pathPrefix: '/',
        state: 'serving',
        redirectToHttps: false,
        instances: [{ name: 'bench-1', host: '127.0.0.1', port: upstream, release: 1 }],
        maxBodyBytes: 2 ** 30,
      },
    ],
    certificates: [{ id: 'one', hosts: ['localhost'], certificatePem, keyPem }],
    challenges: [],
    settings: { httpsPort: 443, baseDomain: 'test', trustedProxies: [] },
  })
  const contestant: Contestant = {
    name: OURS,
    port: proxy.port,
    tlsPort: proxy.httpsPort,
    speaksHttp2: true,
    pids: proxy.pids(),
  }
  return { contestant, stop: () => proxy.stop() }
}

async function compare(
  contestants: Contestant[],
  options: Options,
  directory: string,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, load] of Object.entries(CASES)) {
    if (!options.cases.includes(name)) continue
    const taken = new Map<string, Row[]>()
    for (let round = 0; round < options.rounds; round += 1) {
      for (const contestant of contestants) {
        const row = await measure(name, load, contestant, options, directory)
        if (row) taken.set(contestant.name, [...(taken.get(contestant.name) ?? []), row])
      }
    }
    for (const each of taken.values()) rows.push(middleOf(each))
  }
  return rows
}

async function measure(
  name: string,
  load: Load,
  contestant: Contestant,
  options: Options,
  directory: string,
): Promise<Row | undefined> {
  const before = await cpuSeconds(contestant.pids)
  const loading = load(contestant, options, directory)
  if (!loading) return undefined
  const measured = await loading.catch((error: unknown) => {
    process.stderr.write(`${contestant.name}, ${name}: ${String(error)}\n`)
    return undefined
  })
  if (!measured) return undefined
  const { perSecond, p50Ms, p99Ms, failed, requests } = measured
  const seconds = (await cpuSeconds(contestant.pids)) - before
  return {
    case: name,
    proxy: contestant.name,
    perSecond,
    p50Ms,
    p99Ms,
    cpuSecondsPer100k: seconds / (requests / 100_000),
    failed,
  }
}

function middleOf(rows: Row[]): Row {
  const [first] = rows
  if (!first) throw new Error('nothing was measured')
  const of = (pick: (row: Row) => number): number => median(rows.map(pick))
  return {
    ...first,
    perSecond: of((row) => row.perSecond),
    p50Ms: of((row) => row.p50Ms),
    p99Ms: of((row) => row.p99Ms),
    cpuSecondsPer100k: of((row) => row.cpuSecondsPer100k),
    failed: rows.reduce((sum, row) => sum + row.failed, 0),
  }
}

interface Figures {
  rows: Row[]
  halfLoad: HalfLoad[]
  idle: Idle[]
}

/** A later measurement of the same stands in the place of the earlier one. */
async function addUp(file: string | undefined, now: Figures): Promise<Figures> {
  if (file === undefined) return now
  const before: Figures = existsSync(file)
    ? JSON.parse(await readFile(file, 'utf8'))
    : { rows: [], halfLoad: [], idle: [] }
  const added: Figures = {
    rows: replaced(before.rows, now.rows, (row) => `${row.case} ${row.proxy}`),
    halfLoad: replaced(before.halfLoad, now.halfLoad, (one) => `${one.arrivals} ${one.proxy}`),
    idle: replaced(before.idle, now.idle, ({ proxy }) => proxy),
  }
  await writeFile(file, JSON.stringify(added))
  return added
}

function replaced<One>(before: One[], now: One[], keyOf: (one: One) => string): One[] {
  const keys = new Set(now.map(keyOf))
  return [...before.filter((one) => !keys.has(keyOf(one))), ...now]
}

interface Idle {
  proxy: string
  connections: number
  pssMb: number
  kbPerConnection: number
}

async function whileIdle(contestants: Contestant[], options: Options): Promise<Idle[]> {
  const idle: Idle[] = []
  const { idleConnections: connections } = options
  for (const { name, port, pids } of contestants) {
    if (pids.length === 0) continue
    const before = await pssKb(pids)
    try {
      const close = await openIdle(port, connections)
      const after = await pssKb(pids)
      close()
      const kbPerConnection = (after - before) / connections
      idle.push({ proxy: name, connections, pssMb: after / 1_024, kbPerConnection })
    } catch (error) {
      process.stderr.write(`${name}, idle: ${String(error)}\n`)
    }
    await new Promise((done) => setTimeout(done, 1_000))
  }
  return idle
}

function ratiosOf(rows: Row[]): Record<string, Record<string, number>> {
  const ratios: Record<string, Record<string, number>> = {}
  for (const row of rows) {
    const ours = rows.find((each) => each.case === row.case && each.proxy === OURS)
    if (!ours || row === ours) continue
    ratios[row.case] = {
      ...ratios[row.case],
      [row.proxy]: Number((ours.perSecond / row.perSecond).toFixed(2)),
    }
  }
  return ratios
}

function tableOf({ rows, halfLoad, idle }: Figures): string {
  const lines = [
    'case         proxy                   req/s    p50 ms    p99 ms  CPU s/100k  failed',
  ]
  for (const row of rows)
    lines.push(
      `${row.case.padEnd(12)} ${row.proxy.padEnd(20)} ${row.perSecond.toFixed(0).padStart(8)}` +
        ` ${row.p50Ms.toFixed(2).padStart(9)} ${row.p99Ms.toFixed(2).padStart(9)}` +
        ` ${row.cpuSecondsPer100k.toFixed(2).padStart(11)} ${String(row.failed).padStart(7)}`,
    )
  for (const { proxy, arrivals, perSecond, p99Ms, addedP99Ms } of halfLoad)
    lines.push(
      `half load    ${proxy.padEnd(20)} ${String(perSecond).padStart(8)} ${arrivals.padEnd(9)}` +
        ` p99 ${p99Ms.toFixed(2)} ms, ${addedP99Ms.toFixed(2)} ms more than the upstream alone`,
    )
  for (const { proxy, connections, pssMb, kbPerConnection } of idle)
    lines.push(
      `idle         ${proxy.padEnd(20)} ${String(connections).padStart(8)} connections: ${pssMb.toFixed(1)} MB,` +
        ` ${kbPerConnection.toFixed(1)} KB each`,
    )
  return lines.join('\n')
}

const CLOCK_TICKS = 100

async function cpuSeconds(pids: readonly number[]): Promise<number> {
  let ticks = 0
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / CLOCK_TICKS
}

async function pssKb(pids: readonly number[]): Promise<number> {
  let sum = 0
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
    sum += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0)
  }
  return sum
}
