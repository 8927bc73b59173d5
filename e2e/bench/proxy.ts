import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { rolldown } from 'rolldown'
import { startProxy } from './proxy-under-test.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const ROUNDS = 3
const SECONDS = 5
const CONNECTIONS = 64

/** An upstream as light as Node makes one, so that the proxy is what is measured. */
const UPSTREAM = `
const { createServer } = require('node:http')
const body = Buffer.alloc(1024, 'x')
createServer((req, res) => {
  res.writeHead(200, ['Content-Type', 'text/plain', 'Content-Length', '1024'])
  res.end(body)
}).listen(Number(process.argv[1]), '127.0.0.1')
`

const nginxConfig = (port: number, upstream: number, directory: string): string => `
worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/error.log; daemon off;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u; scgi_temp_path ${directory}/s;
  keepalive_requests 1000000;
  upstream app { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://app; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`

interface Contestant {
  name: string
  port: number
  pids: number[]
}

/** `pnpm bench proxy`: requests a second through one worker of ours and through nginx, in turn. */
export async function benchProxy(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-bench-'))
  const children: ChildProcess[] = []
  const program = join(directory, 'proxy.mjs')
  const build = await rolldown({
    input: join(ROOT, 'daemon/src/proxy/main.ts'),
    platform: 'node',
    logLevel: 'silent',
  })
  await build.write({ file: program, format: 'esm', minify: true, codeSplitting: false })
  await build.close()

  const proxy = await startProxy({ program, workers: 1 })
  try {
    const upstream = 18_000 + (process.pid % 2_000)
    children.push(spawn(process.execPath, ['-e', UPSTREAM, String(upstream)], { stdio: 'inherit' }))
    await proxy.publish(snapshotTo(upstream))
    const contestants: Contestant[] = [
      { name: 'upstream alone', port: upstream, pids: [] },
      { name: 'vastrox (one worker)', port: proxy.port, pids: proxy.pids() },
    ]
    if (existsSync('/usr/sbin/nginx')) {
      const port = upstream + 2_000
      const config = join(directory, 'nginx.conf')
      await writeFile(config, nginxConfig(port, upstream, directory))
      const nginx = spawn('/usr/sbin/nginx', ['-c', config], { stdio: 'inherit' })
      children.push(nginx)
      await new Promise((done) => setTimeout(done, 500))
      contestants.push({
        name: 'nginx (one process)',
        port,
        pids: await childrenOf(nginx.pid ?? 0),
      })
    }
    await compare(contestants)
    console.log(`worker after it: ${await memoryOf(proxy.pids()[0] ?? 0)}`)
  } finally {
    for (const child of children) child.kill('SIGTERM')
    await proxy.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function compare(contestants: Contestant[]): Promise<void> {
  const rates = new Map<string, number[]>()
  const costs = new Map<string, number[]>()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, port, pids } of contestants) {
      const before = await cpuSeconds(pids)
      const { rate, requests } = await wrk(port)
      const cost = ((await cpuSeconds(pids)) - before) / (requests / 100_000)
      rates.set(name, [...(rates.get(name) ?? []), rate])
      costs.set(name, [...(costs.get(name) ?? []), cost])
    }
  }
  for (const { name, pids } of contestants) {
    const cost = pids.length === 0 ? '' : `  ${median(costs.get(name)).toFixed(1)} CPU s per 100k`
    console.log(`${name.padEnd(24)} ${median(rates.get(name)).toFixed(0).padStart(7)} req/s${cost}`)
  }
}

async function wrk(port: number): Promise<{ rate: number; requests: number }> {
  const { stdout } = await run(
    '/usr/bin/wrk',
    [
      '-t1',
      `-c${CONNECTIONS}`,
      `-d${SECONDS}s`,
      '-H',
      'Host: app.test',
      `http://127.0.0.1:${port}/`,
    ],
    { timeoutMs: (SECONDS + 20) * 1_000 },
  )
  const text = stdout.toString()
  if (/Non-2xx|Socket errors/.test(text)) console.log(text)
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? 0),
    requests: Number(/(\d+) requests in/.exec(text)?.[1] ?? 0),
  }
}

const snapshotTo = (port: number): object => ({
  generation: 1,
  routes: [
    {
      id: 'route-1',
      app: 'bench',
      host: 'app.test',
      pathPrefix: '/',
      state: 'serving',
      redirectToHttps: false,
      instances: [{ name: 'bench-1', host: '127.0.0.1', port, release: 1 }],
      maxBodyBytes: 2 ** 30,
    },
  ],
  certificates: [],
  challenges: [],
  settings: { httpsPort: 443, baseDomain: 'test', trustedProxies: [] },
})

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

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return [pid, ...text.trim().split(' ').filter(Boolean).map(Number)]
}

async function memoryOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kb = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)
  return `PSS ${(kb('Pss') / 1024).toFixed(1)} MB, private dirty ${(kb('Private_Dirty') / 1024).toFixed(1)} MB`
}

const median = (values: readonly number[] = []): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
