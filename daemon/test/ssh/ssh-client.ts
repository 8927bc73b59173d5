import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunResult, run } from '@vastrox/shared/node/run.ts'

/** OpenSSH's client as a person has it: a key, and the server's key among the known hosts. */
export async function createSshClient(dir: string, port: number, hostKey: string) {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const config = join(dir, 'config')
  const knownHosts = join(dir, 'known_hosts')
  await writeFile(knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`)
  await writeFile(
    config,
    [
      'Host vastrox',
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      `  UserKnownHostsFile ${knownHosts}`,
      '  GlobalKnownHostsFile /dev/null',
      '  StrictHostKeyChecking yes',
      '  UpdateHostKeys no',
      '  IdentitiesOnly yes',
      `  IdentityFile ${join(dir, 'id')}`,
      '  BatchMode yes',
      '  LogLevel ERROR',
      '  SendEnv VASTROX_* GIT_PROTOCOL',
    ].join('\n'),
  )
  const env = { PATH: '/usr/bin:/bin', HOME: dir, LC_ALL: 'C.UTF-8', TERM: 'xterm' }

  return {
    config,
    env,
    args: (...words: string[]): string[] => ['-F', config, ...words],

    /** Makes the client's key, in place of one it had; gives the line of its .pub file. */
    async newKey(...options: string[]): Promise<string> {
      const kind = options.length === 0 ? ['-t', 'ed25519'] : options
      const path = join(dir, 'id')
      await run('/bin/rm', ['-f', path, `${path}.pub`], { env, timeoutMs: 5_000 })
      const made = await run(
        '/usr/bin/ssh-keygen',
        ['-q', '-N', '', '-C', 'anna@laptop', '-f', path, ...kind],
        { env, timeoutMs: 60_000 },
      )
      if (made.exitCode !== 0) throw new Error(made.stderr)
      return readFile(`${path}.pub`, 'utf8')
    },

    /** `ssh …` to its end. */
    async ssh(
      words: readonly string[],
      stdin = '',
    ): Promise<{ code: number | null; out: string; err: string }> {
      const result: RunResult = await run('/usr/bin/ssh', ['-F', config, ...words], {
        env,
        timeoutMs: 30_000,
        input: stdin,
      })
      return { code: result.exitCode, out: result.stdout.toString(), err: result.stderr }
    },

    /** One that goes on: what it has said so far, and its end. */
    start(words: readonly string[]) {
      const child = spawn('/usr/bin/ssh', ['-F', config, ...words], { env, shell: false })
      let out = ''
      let err = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text
      })
      const { promise: ended, resolve } = Promise.withResolvers<number | null>()
      child.on('close', resolve)
      return {
        child,
        out: () => out,
        err: () => err,
        ended,
        type: (text: string) => child.stdin.write(text),
      }
    },
  }
}
export type SshClient = Awaited<ReturnType<typeof createSshClient>>
