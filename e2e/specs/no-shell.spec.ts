import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SourceNetworks } from '@vastrox/shared/external-source.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { UploadPassword } from '@vastrox/shared/upload.ts'
import { expect, it } from 'vitest'
import { startPebble } from '../../daemon/test/acme/pebble.ts'
import { destroyApp, pushTinyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { startGitHost } from '#support/git-host/git-host.ts'
import { connectInstallation } from '#support/installation.ts'
import { createSshUser } from '#support/ssh.ts'

const vastrox = connectInstallation()
const [APP, FOLLOWS] = ['traced', 'traced-follows']
const SECRET = 'a-secret-nobody-should-see-123'
const GIT_TOKEN = 'glpat-NobodyShouldSeeThis1'
/** Processes of the engine's containers start with these; what they run is inside the container. */
const SHELL = /execve\("[^"]*\/(?:ba|da|z|k|a)?sh"/
const ENV = { PATH: '/usr/bin:/bin' }

it('no shell runs on the host, and no secret is in an argument or an environment, on the way of a push, SFTP, FTPS and archives, a repository elsewhere, the consoles, the doctor, a change of the firewall, a CA and a certificate (C1, C14)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-strace-'))
  const trace = join(folder, 'trace')
  const copy = await pushTinyApp(vastrox, APP, 'v1')
  await vastrox.api('PATCH', `/apps/${APP}/env`, { set: { SECRET } })
  await vastrox.api('POST', '/apps', { name: FOLLOWS })
  const made = await vastrox.api('POST', `/apps/${APP}/sources/uploads/password`)
  const { password } = UploadPassword.parse(JSON.parse(made.body))
  const networks = await vastrox.read(SourceNetworks, '/source-networks')
  const host = await startGitHost()
  await host.repository('elsewhere', [tinyApp('v1')]).then((repository) => repository.push(0))
  await vastrox.api('PUT', '/source-networks', { allowed: ['127.0.0.0/8', '::1/128'] })
  await vastrox.api('PUT', '/source-authorities', { certificates: host.ca })
  const user = await createSshUser(vastrox)
  const key = await user.addKey(readFileSync(user.keyFile, 'utf8'))
  const pebble = await startPebble({ httpPort: vastrox.config.httpPort, tlsPort: 1 })
  const { processes } = await vastrox.status()
  const pids = processes.flatMap(({ pid }) => (pid === null ? [] : ['-p', String(pid)]))
  // -v: the whole environment of what is executed, not only its size.
  const options = ['-f', '-v', '-qq', '-s', '400', '-e', 'trace=execve']
  const strace = spawn('/usr/bin/strace', [...options, '-o', trace, ...pids], { stdio: 'ignore' })
  await sleep(1_500)

  copy.write(tinyApp('v2', `// it's $(touch /tmp/x) \`id\` "; sh`))
  await copy.commit('v2; $(touch /tmp/pwned) `id` "quoted" \'')
  const pushed = await copy.push()
  const statuses = [
    await external(),
    await overFtps(),
    await overSftp(),
    await archive(),
    await firewallChanged(),
    await issued(),
    (await vastrox.api('POST', `/apps/${APP}/domains`, { host: 'traced.example.test' })).status,
    (await vastrox.api('POST', `/apps/${APP}/domains/traced.example.test/check`)).status,
  ]
  const overSsh = await user.console('apps')
  const console_ = await underTrace('run', APP, '--', 'true')
  const doctor = await underTrace('doctor', '--json')
  const ended = new Promise((resolve) => strace.on('close', resolve))
  strace.kill('SIGINT')
  await ended

  expect(pushed.exitCode, pushed.output).toBe(0)
  expect(statuses.filter((status) => status >= 500)).toEqual([])
  expect([console_, doctor].every((code) => code !== null)).toBe(true)
  expect(overSsh.stdout.toString()).toContain(APP)
  const executed = [trace, join(folder, 'run'), join(folder, 'doctor')]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
    .split('\n')
    .filter((line) => line.includes('execve('))
  for (const program of ['git', 'nft', 'receive-pack', 'fetch'])
    expect(
      executed.some((line) => line.includes(program)),
      program,
    ).toBe(true)
  expect(executed.filter((line) => SHELL.test(line))).toEqual([])
  const secrets = [SECRET, vastrox.apiToken, password, GIT_TOKEN, masterKey()]
  expect(executed.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([])

  await untilSettled(vastrox, APP)
  await Promise.all([destroyApp(vastrox, APP), destroyApp(vastrox, FOLLOWS)])
  await vastrox.api('PUT', '/source-networks', networks)
  await vastrox.api('PUT', '/source-authorities', { certificates: '' })
  await vastrox.api('DELETE', '/issuers/traced-ca')
  await vastrox.api('DELETE', `/ssh-keys/${key.id}`)
  await pebble.stop()
  user.remove()
  host.close()
  copy.remove()
  rmSync(folder, { recursive: true })

  async function external(): Promise<number> {
    const path = `/apps/${FOLLOWS}/sources/git`
    const wish = { url: host.url('elsewhere'), access: 'token', token: GIT_TOKEN }
    const connected = await vastrox.api('PUT', path, wish)
    const fetched = await vastrox.api('POST', `${path}/fetch`, {})
    expect(connected.status, connected.body).toBe(200)
    return fetched.status
  }

  async function overFtps(): Promise<number> {
    const file = join(folder, 'odd $(id) `name`.txt')
    writeFileSync(file, 'text')
    const where = `ftp://localhost:${vastrox.config.ftpPort}/`
    const args = ['-sS', '--ipv4', '--ssl-reqd', '--cacert', vastrox.caFile, '-T', file, where]
    const config = join(folder, 'curlrc')
    writeFileSync(config, `user = "${APP}:${password}"\n`, { mode: 0o600 })
    const sent = await run('/usr/bin/curl', ['-K', config, ...args], {
      env: ENV,
      timeoutMs: 60_000,
    })
    return sent.exitCode === 0 ? 200 : 500
  }

  async function overSftp(): Promise<number> {
    const file = join(folder, 'over sftp $(id) `name`.txt')
    writeFileSync(file, 'text')
    const sent = await run('/usr/bin/sftp', ['-F', user.config, '-b', '-', `${APP}@vastrox`], {
      env: user.env,
      timeoutMs: 60_000,
      input: `put "${file}" "dollar $(id) name.txt"\nls\nrename "dollar $(id) name.txt" a.txt\nrm a.txt\n`,
    })
    return sent.exitCode === 0 ? 200 : 500
  }

  /** A rule in force on the node, and taken back. Watching drops nothing. */
  async function firewallChanged(): Promise<number> {
    const rule = { action: 'allow', ports: ['5432'], sources: ['203.0.113.9'] }
    const made = await vastrox.api('POST', '/firewall/rules', rule)
    const cleared = await vastrox.api('PUT', '/firewall/rules', { rules: [] })
    expect([made.status, cleared.status], made.body + cleared.body).toEqual([201, 200])
    return 200
  }

  /** An account at a real CA of ACME; the local CA signs for the domain that is added below. */
  async function issued(): Promise<number> {
    const wish = { name: 'traced-ca', directoryUrl: pebble.directoryUrl, caPem: pebble.caPem }
    const added = await vastrox.api('POST', '/issuers', wish)
    const tried = await vastrox.api('POST', '/issuers/traced-ca/test')
    expect([added.status, tried.status], added.body + tried.body).toEqual([201, 200])
    return 200
  }

  async function archive(): Promise<number> {
    mkdirSync(join(folder, 'source'))
    for (const [name, text] of Object.entries(tinyApp('v3')))
      writeFileSync(join(folder, 'source', name), text)
    const tar = join(folder, 'source.tar.gz')
    await run('/usr/bin/tar', ['-czf', tar, '-C', folder, 'source'], {
      env: ENV,
      timeoutMs: 30_000,
    })
    const config = join(folder, 'apirc')
    writeFileSync(config, `header = "authorization: Bearer ${vastrox.apiToken}"\n`, { mode: 0o600 })
    const url = `${vastrox.apiUrl}/apps/${APP}/sources/archive?publish=false`
    const sent = await run(
      '/usr/bin/curl',
      [
        '-sS',
        '-K',
        config,
        '--cacert',
        vastrox.caFile,
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-T',
        tar,
        url,
      ],
      { env: ENV, timeoutMs: 60_000 },
    )
    return Number(sent.stdout.toString())
  }

  /** A command of root's on this server, with all that it starts. */
  async function underTrace(name: string, ...args: string[]): Promise<number | null> {
    const done = await run(
      '/usr/bin/strace',
      [...options, '-o', join(folder, name), vastrox.program, name, ...args],
      { env: { ...ENV, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, timeoutMs: 120_000 },
    )
    return done.exitCode
  }
})

const masterKey = (): string => readFileSync(vastrox.paths.masterKey, 'utf8').trim()
