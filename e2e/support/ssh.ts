import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunResult, run } from '@vastrox/shared/node/run.ts'
import { SshAccess, SshKey } from '@vastrox/shared/ssh-key.ts'
import type { Installation } from '#support/installation.ts'

/**
 * OpenSSH's client with a key of its own that the installation has been told, and the server's key
 * among the known hosts: nobody is asked, and nothing is taken on trust.
 */
export async function createSshUser(vastrox: Installation) {
  const home = mkdtempSync(join(tmpdir(), 'vastrox-ssh-'))
  const config = join(home, 'config')
  const env = { PATH: '/usr/bin:/bin', HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8' }
  const { port, hostKeys } = await vastrox.read(SshAccess, '/ssh')
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'known_hosts'), `[127.0.0.1]:${port} ${hostKeys[0]?.publicKey}\n`)
  writeFileSync(
    config,
    [
      'Host vastrox',
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      `  UserKnownHostsFile ${join(home, 'known_hosts')}`,
      '  GlobalKnownHostsFile /dev/null',
      '  StrictHostKeyChecking yes',
      '  IdentitiesOnly yes',
      `  IdentityFile ${join(home, 'id')}`,
      '  BatchMode yes',
      '  LogLevel ERROR',
    ].join('\n'),
  )
  const made = await run(
    '/usr/bin/ssh-keygen',
    ['-q', '-t', 'ed25519', '-N', '', '-C', 'e2e', '-f', join(home, 'id')],
    { env, timeoutMs: 20_000 },
  )
  if (made.exitCode !== 0) throw new Error(made.stderr)

  const ssh = (words: readonly string[], input = ''): Promise<RunResult> =>
    run('/usr/bin/ssh', ['-F', config, ...words], { env, input, timeoutMs: 120_000 })

  return {
    home,
    config,
    env,
    /** Its public half. */
    keyFile: join(home, 'id.pub'),
    ssh,
    console: (command: string, input?: string) => ssh(['vastrox@vastrox', command], input),

    /** SFTP to an app with its upload password, as somebody types it who has no key. */
    async sftpWithPassword(app: string, password: string, commands: string): Promise<void> {
      const ask = join(home, 'ask-pass')
      writeFileSync(join(home, 'upload-password'), password, { mode: 0o600 })
      writeFileSync(ask, `#!/bin/sh\nexec cat ${join(home, 'upload-password')}\n`, { mode: 0o700 })
      const byPassword = ['-o', 'BatchMode=no', '-o', 'PubkeyAuthentication=no']
      const { exitCode, stderr } = await run(
        '/usr/bin/sftp',
        ['-F', config, ...byPassword, '-b', '-', `${app}@vastrox`],
        {
          env: { ...env, SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force' },
          input: commands,
          timeoutMs: 60_000,
        },
      )
      if (exitCode !== 0) throw new Error(`sftp: ${stderr}`)
    },
    async addKey(publicKey: string): Promise<SshKey> {
      const answer = await vastrox.api('POST', '/ssh-keys', { publicKey })
      if (answer.status !== 201) throw new Error(answer.body)
      return SshKey.parse(JSON.parse(answer.body))
    },
    remove: (): void => rmSync(home, { recursive: true, force: true }),
  }
}
export type SshUser = Awaited<ReturnType<typeof createSshUser>>
