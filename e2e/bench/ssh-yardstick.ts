import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'
import { type Installation, until } from '#support/installation.ts'

const SSHD = '/usr/sbin/sshd'
const SERVER = '/usr/lib/openssh/sftp-server'
const SFTP = '/usr/bin/sftp'
const PORT = 35_298
const TIMEOUT_MS = 600_000
const HostKeys = z.object({
  host: z.string(),
  port: z.int(),
  hostKeys: z.array(z.object({ publicKey: z.string() })),
})
const Added = z.object({ id: z.string() })

/** OpenSSH's client, which may sign in to Vastrox and to an sshd of the bench alike. */
export async function openBenchSsh(vastrox: Installation, app: string) {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-bench-ssh-'))
  const [key, hostKey] = [join(folder, 'id'), join(folder, 'host')]
  for (const path of [key, hostKey])
    await must('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', path])
  const shown = await vastrox.command('ssh', '--json')
  const ssh = HostKeys.parse(JSON.parse(shown.stdout.toString()))
  const publicKey = readFileSync(`${key}.pub`, 'utf8').trim()
  const added = await vastrox.command('keys:add', publicKey, '--json')
  const { id } = Added.parse(JSON.parse(added.stdout.toString()))
  writeFileSync(
    join(folder, 'known_hosts'),
    [
      ...ssh.hostKeys.map((each) => `[127.0.0.1]:${ssh.port} ${each.publicKey}\n`),
      `[127.0.0.1]:${PORT} ${readFileSync(`${hostKey}.pub`, 'utf8')}`,
    ].join(''),
  )
  const target = join(folder, 'yardstick')
  mkdirSync(target)
  const sshd = await startSshd(folder, hostKey, `${key}.pub`)

  async function put(port: number, user: string, batch: readonly string[]): Promise<number> {
    const file = join(folder, 'batch')
    writeFileSync(file, batch.map((line) => `${line}\n`).join(''))
    const begun = performance.now()
    const known = `UserKnownHostsFile=${join(folder, 'known_hosts')}`
    const identity = ['-o', `IdentityFile=${key}`, '-o', 'IdentitiesOnly=yes', '-o', known]
    await must(SFTP, ['-q', '-b', file, '-P', String(port), ...identity, `${user}@127.0.0.1`])
    return performance.now() - begun
  }

  return {
    folder,
    putToVastrox: (batch: readonly string[]) => put(ssh.port, app, batch),
    putToYardstick: (batch: readonly string[]) => put(PORT, 'root', [`cd ${target}`, ...batch]),
    async close(): Promise<void> {
      sshd.kill('SIGTERM')
      await vastrox.command('keys:remove', id)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startSshd(
  folder: string,
  hostKey: string,
  authorized: string,
): Promise<ChildProcess> {
  mkdirSync('/run/sshd', { recursive: true })
  const config = join(folder, 'sshd_config')
  writeFileSync(
    config,
    `Port ${PORT}
ListenAddress 127.0.0.1
HostKey ${hostKey}
AuthorizedKeysFile ${authorized}
PidFile none
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
Subsystem sftp ${SERVER}
`,
  )
  const sshd = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: 'ignore' })
  await until('sshd to listen', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const socket = connect(PORT, '127.0.0.1', () => resolve(true))
    socket.once('error', () => resolve(false))
    const isUp = await promise
    socket.destroy()
    return isUp
  })
  return sshd
}

async function must(program: `/${string}`, args: string[]): Promise<void> {
  const { exitCode, stderr } = await run(program, args, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/nonexistent' },
    timeoutMs: TIMEOUT_MS,
  })
  if (exitCode !== 0) throw new Error(`${program}: ${stderr}`)
}
