import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createServer, type Server } from 'node:tls'
import type { Alert } from '@vastrox/shared/alert.ts'
import { type HostProgram, run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertsOf, untilFiring, untilOver } from '#support/alerts.ts'
import { destroyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { connectInstallation, type Installation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

/** By default that they fire; with `--long` also that they end, what takes minutes, and a disk of its own. */
const LONG = process.env['VASTROX_LONG'] === '1'
const MINUTE = 60_000

const vastrox = connectInstallation()

describe('an app that crashes', () => {
  const APP = 'crash-alert'
  const copy = createWorkingCopy(vastrox.remote(APP))
  afterAll(async () => {
    await destroyApp(vastrox, APP)
  })

  it('is told of once, by the API and the command, with the deployment just before', async () => {
    await vastrox.api('POST', '/apps', { name: APP })
    await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0 })
    await copy.init()
    copy.write({
      ...tinyApp('v1'),
      'server.js': `require('node:http').createServer((request, response) => {
  if (request.url === '/crash') process.exit(3)
  response.end('v1')
}).listen(process.env.PORT, '0.0.0.0')`,
    })
    await copy.commit('it crashes when asked')
    const pushed = await copy.push('--force', 'main')
    expect(pushed.exitCode, pushed.output).toBe(0)
    await untilSettled(vastrox, APP)

    const alert = await until(
      'the crash loop to be told of',
      async () => {
        await vastrox.visit(APP, '/crash').catch(() => undefined)
        return (await alertsOf(vastrox, 'crash-loop')).find(({ app }) => app === APP)
      },
      MINUTE,
    )

    expect(alert).toMatchObject({ severity: 'critical', subject: { kind: 'app', name: APP } })
    const listed = await vastrox.command('alerts', '--app', APP)
    expect(listed.stdout.toString()).toMatch(new RegExp(`${alert.id}.*crash-loop`))
    if (!LONG) return
    const told = await until(
      'what came before it',
      async () => {
        // It is looked for when people are told, which waits for what may come of the same.
        const all = await alertsOf(vastrox, 'crash-loop')
        return all.find(({ id }) => id === alert.id)?.before ?? undefined
      },
      3 * MINUTE,
    )
    expect(told).toMatchObject({ kind: 'deployment', link: `/apps/${APP}/deployments/1` })
    expect(await untilOver(vastrox, alert, 10 * MINUTE)).toEqual([])
  }, 900_000)
})

describe('a certificate that ends soon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-alerts-'))
  let server: Server
  let port = 0
  let allowed: unknown

  function pairOf(days: number): { key: Buffer; cert: Buffer } {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
        .concat(['-keyout', key, '-out', cert, '-days', String(days), '-subj', '/CN=localhost'])
        .concat(['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']),
      { stdio: 'ignore' },
    )
    return { key: readFileSync(key), cert: readFileSync(cert) }
  }
  const trust = ({ cert }: { cert: Buffer }) =>
    vastrox.api('PUT', '/source-authorities', { certificates: cert.toString() })

  beforeAll(async () => {
    const pair = pairOf(5)
    server = createServer(pair, (socket) => socket.end())
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
    allowed = JSON.parse((await vastrox.api('GET', '/source-networks')).body)
    await vastrox.api('PUT', '/source-networks', { allowed: ['127.0.0.0/8'] })
    await trust(pair)
  })
  afterAll(async () => {
    await vastrox.api('PUT', '/source-networks', allowed)
    await vastrox.api('PUT', '/source-authorities', { certificates: '' })
    server.close()
    rmSync(folder, { recursive: true })
  })

  async function renewed(alert: Alert): Promise<Alert[]> {
    const pair = pairOf(90)
    server.setSecureContext(pair)
    await trust(pair)
    return untilOver(vastrox, alert, 5 * MINUTE)
  }

  it('is told of with the first look, and is over when there is another one', async () => {
    const wish = { kind: 'tls', target: `localhost:${port}`, everyMs: 30_000 }
    const made = await vastrox.api('POST', '/uptime-checks', wish)
    expect(made.status, made.body).toBe(201)
    const { id } = JSON.parse(made.body)
    const alert = await untilFiring(vastrox, 'certificate-days', 40_000)
    expect(alert).toMatchObject({ state: 'firing', resolvedAt: null })

    const beside = LONG ? await renewed(alert) : []
    expect(beside).toEqual([])
    expect((await vastrox.api('DELETE', `/uptime-checks/${id}`)).status).toBe(204)
  }, 600_000)
})

describe.each(LONG ? ['an agent that has stopped'] : [])('%s', () => {
  afterAll(async () => {
    await vastrox.kill('agent', 'SIGCONT').catch(() => undefined)
  })

  it('is told of within four minutes, once, and is over when it answers again', async () => {
    await vastrox.kill('agent', 'SIGSTOP')
    const alert = await untilFiring(vastrox, 'node-silent', 4 * MINUTE)
    expect(alert).toMatchObject({ severity: 'critical', subject: { kind: 'node' } })

    await vastrox.kill('agent', 'SIGCONT')
    expect(await untilOver(vastrox, alert, 5 * MINUTE)).toEqual([])
  }, 600_000)
})

/** An installation of its own on a disk of its own: nobody else is to find theirs full. */
describe.each(LONG ? ['a disk that fills'] : [])('%s', () => {
  const HOME = '/var/tmp/vastrox-alerts'
  const MOUNTED = `${HOME}/mounted`
  const DATA = `${MOUNTED}/data`
  const DISK_BYTES = 6 * 2 ** 30
  const INSTALLER = resolve(import.meta.dirname, '../../install.sh')
  const FLAGS = ['--http-port', '--https-port', '--dashboard-port', '--ssh-port', '--ftp-port']
  let own: Installation

  const must = async (program: HostProgram, ...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await run(program, args, { timeoutMs: 60_000 })
    if (exitCode !== 0) throw new Error(`${program}: ${stderr}`)
  }
  const installer = (...args: string[]) =>
    run(`/${INSTALLER.slice(1)}`, args, {
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
      timeoutMs: 1_800_000,
    })

  beforeAll(async () => {
    mkdirSync(MOUNTED, { recursive: true })
    await must('/usr/bin/truncate', '-s', String(DISK_BYTES), `${HOME}/disk`)
    await must('/usr/sbin/mkfs.ext4', '-q', '-F', `${HOME}/disk`)
    await must('/usr/bin/mount', '-o', 'loop', `${HOME}/disk`, MOUNTED)
    const ports = FLAGS.flatMap((flag, at) => [flag, String(18_590 + at)])
    const how = ['--public-address', '127.0.0.1', '--no-example', '--no-keys', '--json']
    const made = await installer('--data-dir', DATA, ...ports, ...how)
    const said = made.stdout.toString()
    if (made.exitCode !== 0) throw new Error(`${said}\n${made.stderr}`)
    writeFileSync(`${HOME}/installation.json`, said.trim().split('\n').at(-1) ?? '')
    own = connectInstallation(`${HOME}/installation.json`)
  }, 1_800_000)
  afterAll(async () => {
    await installer('--uninstall', '--purge', '--data-dir', DATA)
    await run('/usr/bin/umount', ['--lazy', MOUNTED], { timeoutMs: 10_000 })
    rmSync(HOME, { recursive: true, force: true })
  }, 600_000)

  it('is told of within four minutes, once, and is over when there is room again', async () => {
    expect(await alertsOf(own, 'disk-full')).toEqual([])
    const { bavail, bsize } = statfsSync(MOUNTED)
    const left = 300 * 2 ** 20
    await must('/usr/bin/fallocate', '-l', String(bavail * bsize - left), `${MOUNTED}/filling`)

    const alert = await untilFiring(own, 'disk-full', 4 * MINUTE)
    expect(alert).toMatchObject({ severity: 'critical', subject: { kind: 'disk' } })

    rmSync(`${MOUNTED}/filling`)
    expect(await untilOver(own, alert, 5 * MINUTE)).toEqual([])
  }, 900_000)
})
