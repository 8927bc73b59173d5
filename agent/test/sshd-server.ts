import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Lets root in by a password that is known in this process alone: no account of the machine changes. */
const WITH_OWN_SHADOW =
  'mount --bind "$1" /etc/shadow && mkdir -p /run/sshd && exec /usr/sbin/sshd -D -e -f "$2"'
export const SSH_PASSWORD = 'pass \'word\' "$HOME" %h'

/** OpenSSH's server with its SFTP, for root, on loopback, in a mount namespace of its own. */
export async function startSshd(folder: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const hostKey = join(folder, 'host_key')
  const userKey = join(folder, 'user_key')
  for (const file of [hostKey, userKey])
    execFileSync('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  const authorized = join(folder, 'authorized_keys')
  await writeFile(authorized, await readFile(`${userKey}.pub`), { mode: 0o600 })
  const hash = execFileSync('/usr/bin/openssl', ['passwd', '-6', '-stdin'], { input: SSH_PASSWORD })
    .toString()
    .trim()
  const shadow = join(folder, 'shadow')
  await writeFile(shadow, `root:${hash}:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n`, {
    mode: 0o600,
  })
  const port = await freePort()
  const config = join(folder, 'sshd_config')
  await writeFile(
    config,
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${hostKey}
AuthorizedKeysFile ${authorized}
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
PidFile none
MaxStartups 100
Subsystem sftp /usr/lib/openssh/sftp-server
`,
  )
  const child = spawn(
    '/usr/bin/unshare',
    ['--mount', '--propagation', 'private', '/bin/sh', '-c', WITH_OWN_SHADOW, 'sh', shadow, config],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  for (let count = 0; !said.includes('Server listening'); count++) {
    if (count > 400 || child.exitCode !== null) throw new Error(`sshd did not start: ${said}`)
    await sleep(50)
  }
  await chmod(folder, 0o700)
  const [type = '', key = ''] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ')
  return {
    port,
    hostKey: `${type} ${key}`,
    privateKey: await readFile(userKey, 'utf8'),
    /** What it has said so far. */
    said: () => said,
    async stop(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      child.once('exit', () => resolve())
      if (child.exitCode !== null || child.pid === undefined) return
      process.kill(-child.pid, 'SIGKILL')
      await promise
    },
  }
}
export type Sshd = Awaited<ReturnType<typeof startSshd>>

async function freePort(): Promise<number> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  server.close()
  return address !== null && typeof address === 'object' ? address.port : 0
}
