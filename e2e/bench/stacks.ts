import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { Process } from '@vastrox/shared/process.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { rolldown } from 'rolldown'
import { destroyApp } from '#support/apps.ts'
import { type Installation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'
import { startProxy } from './proxy-under-test.ts'
import { nativeFiles, STACK_APPS, VENV } from './stack-apps.ts'
import { median } from './statistics.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const ROUNDS = 5
const SECONDS = 5
const CONNECTIONS = 32
const PORT = 19_300

/**
 * Requests a second through one worker of our proxy, to an app in its container and to the same code
 * under the host's own server, in turn. Needs wrk, nginx, php8.2-fpm and python3-venv on the host.
 */
export async function benchStacks(vastrox: Installation, only?: string) {
  const program = await buildProxy()
  const results = []
  for (const stack of ['node', 'php', 'flask', 'fastapi'])
    if (only === undefined || only === stack) results.push(await compare(vastrox, stack, program))
  await rm(program, { force: true })
  return { results, ok: results.every(({ ratio }) => ratio >= 0.9) }
}

async function buildProxy(): Promise<string> {
  const program = join(await mkdtemp(join(tmpdir(), 'vastrox-bench-')), 'proxy.mjs')
  const build = await rolldown({
    input: join(ROOT, 'daemon/src/proxy/main.ts'),
    platform: 'node',
    logLevel: 'silent',
  })
  await build.write({ file: program, format: 'esm', minify: true, codeSplitting: false })
  await build.close()
  return program
}

async function compare(vastrox: Installation, stack: string, program: string) {
  const app = STACK_APPS[stack]
  const name = `bench-${stack}`
  const copy = createWorkingCopy(vastrox.remote(name))
  const children: ChildProcess[] = []
  const proxy = await startProxy({ program, workers: 1 })
  try {
    await copy.init()
    copy.write(app?.files('v1') ?? {})
    // Both on the same version of the language.
    await vastrox.api('POST', '/apps', { name })
    const version = stack === 'php' ? '8.2' : stack === 'node' ? null : '3.11'
    await vastrox.api('PATCH', `/apps/${name}`, { build: { version } })
    await copy.commit('v1')
    const pushed = await copy.push()
    if (pushed.exitCode !== 0) throw new Error(pushed.output)
    const { items } = await vastrox.read(pageOf(Process), `/apps/${name}/processes`)
    const instance = items.find((one) => one.name === 'web')?.instances[0]
    if (!instance) throw new Error(`${name} has no instance`)

    children.push(...(await startNative(stack, copy.path)))
    await proxy.publish(
      snapshot([
        { host: 'container.test', address: instance.address, port: instance.port ?? 3_000 },
        { host: 'native.test', address: '127.0.0.1', port: PORT },
      ]),
    )
    const ask = async (host: string): Promise<boolean> =>
      (await vastrox.ask('GET', `http://127.0.0.1:${proxy.port}/`, { headers: { host } })).body ===
      'v1'
    await until('the container', () => ask('container.test'))
    await until('the native server', () => ask('native.test'))

    const rates: Record<string, number[]> = { 'container.test': [], 'native.test': [] }
    for (const host of Object.keys(rates)) await wrk(proxy.port, host, 2)
    for (let round = 0; round < ROUNDS; round++)
      for (const host of Object.keys(rates)) rates[host]?.push(await wrk(proxy.port, host, SECONDS))
    const [container, native] = [
      median(rates['container.test'] ?? []),
      median(rates['native.test'] ?? []),
    ]
    return {
      stack,
      containerPerSecond: Math.round(container),
      nativePerSecond: Math.round(native),
      ratio: Math.round((container / native) * 100) / 100,
    }
  } finally {
    for (const child of children) child.kill('SIGTERM')
    await proxy.stop()
    await destroyApp(vastrox, name)
    copy.remove()
  }
}

async function startNative(stack: string, folder: string): Promise<ChildProcess[]> {
  await chmod(folder, 0o755)
  for (const [name, text] of Object.entries(nativeFiles(stack, folder, PORT)))
    await writeFile(join(folder, name), text)
  if (stack === 'node')
    await must('/usr/bin/env', [
      'npm',
      'install',
      '--prefix',
      folder,
      '--silent',
      '--no-audit',
      '--no-fund',
    ])
  if ((stack === 'flask' || stack === 'fastapi') && !existsSync(`${VENV}/bin/${stack}`)) {
    await must('/usr/bin/python3', ['-m', 'venv', VENV])
    await must(`${VENV}/bin/pip`, ['install', '-q', '-r', join(folder, 'requirements.txt')])
  }
  return (STACK_APPS[stack]?.native?.(folder, PORT) ?? []).map(({ program, args, env }) =>
    spawn(program, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    }),
  )
}

async function must(program: `/${string}`, args: string[]): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]],
    ),
  )
  const result = await run(program, args, { env, timeoutMs: 300_000 })
  if (result.exitCode !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr}`)
}

async function wrk(port: number, host: string, seconds: number): Promise<number> {
  const { stdout } = await run(
    '/usr/bin/wrk',
    [
      '-t1',
      `-c${CONNECTIONS}`,
      `-d${seconds}s`,
      '-H',
      `Host: ${host}`,
      `http://127.0.0.1:${port}/`,
    ],
    { timeoutMs: (seconds + 20) * 1_000 },
  )
  const text = stdout.toString()
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1]
  if (errors !== undefined) throw new Error(`${host}: ${errors} bad answers`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1])
}

const snapshot = (routes: readonly { host: string; address: string; port: number }[]) => ({
  generation: 1,
  routes: routes.map(({ host, address, port }, at) => ({
    id: `route${at}`,
    app: `app${at}`,
    host,
    pathPrefix: '/',
    state: 'serving',
    redirectToHttps: false,
    instances: [{ name: `instance-${at}`, host: address, port, release: 1 }],
    maxBodyBytes: 2 ** 20,
  })),
  certificates: [],
  challenges: [],
  settings: { httpsPort: 443, baseDomain: 'test', trustedProxies: [], accessLog: false },
})
