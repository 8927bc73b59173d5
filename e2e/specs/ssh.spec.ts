import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { SshAccess, type SshKey } from '@vastrox/shared/ssh-key.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, tinyApp, versionOf } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createSshUser, type SshUser } from '#support/ssh.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'over-ssh'
const AT_TERMINAL = join(import.meta.dirname, '../support/at-terminal.py')
const Seen = z.object({ exitCode: z.int(), missed: z.string().nullable(), seen: z.string() })

let user: SshUser
let key: SshKey
let copy: WorkingCopy

beforeAll(async () => {
  user = await createSshUser(vastrox)
  key = await user.addKey(readFileSync(user.keyFile, 'utf8'))
  copy = createWorkingCopy({ url: `git@vastrox:${APP}.git`, caFile: vastrox.caFile })
  await copy.init()
  await copy.git('config', 'core.sshCommand', `ssh -F ${user.config}`)
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  await vastrox.api('DELETE', `/ssh-keys/${key.id}`)
  copy.remove()
  user.remove()
})

const said = async (command: string, input?: string): Promise<[number | null, string]> => {
  const { exitCode, stdout, stderr } = await user.console(command, input)
  return [exitCode, `${stdout.toString()}${stderr}`]
}

describe('an app over SSH alone', () => {
  it('is pushed, with the build in the push and the address at its end', async () => {
    copy.write(tinyApp('v1', "console.log('it begins')"))
    await copy.commit('v1')

    const { exitCode, output } = await copy.push('main')

    expect(output).toContain(`remote: -----> Created the app ${APP}`)
    expect(output).toContain('remote: =====> Application deployed as v1')
    expect(exitCode).toBe(0)
    expect(await versionOf(vastrox, APP)).toBe('v1')
  })

  it('refuses what does not start, and the visitors notice nothing', async () => {
    copy.write(tinyApp('v2', 'process.exit(3)'))
    await copy.commit('v2')

    const { exitCode, output } = await copy.push('main')

    expect([exitCode, output]).toEqual([1, expect.stringContaining('! [remote rejected] main')])
    expect(await versionOf(vastrox, APP)).toBe('v1')
  })

  it('is worked with at a terminal: its window, Ctrl-C, and the exit code', async () => {
    const steps = [
      { see: '$' },
      { type: 'stty size\n' },
      { see: '30 100' },
      { window: [41, 123] },
      { wait: 0.5 },
      { type: 'stty size\n' },
      { see: '41 123' },
      { type: 'sleep 1000\n' },
      { wait: 0.5 },
      { type: '\u0003' },
      { wait: 0.3 },
      { type: 'echo still-$((1+1))\n' },
      { see: 'still-2' },
      { type: 'exit 7\n' },
    ]
    const words = [AT_TERMINAL, JSON.stringify(steps), '/usr/bin/ssh', '-F', user.config]
    const result = await run(
      '/usr/bin/python3',
      [...words, '-t', 'vastrox@vastrox', 'shell', APP],
      { env: user.env, timeoutMs: 60_000 },
    )
    const seen = Seen.parse(JSON.parse(result.stdout.toString()))

    expect([seen.missed, seen.exitCode], seen.seen).toEqual([null, 7])
  })

  it('takes and gives any bytes without a terminal, and passes the exit code on', async () => {
    const piped = await user.console(`run ${APP} -- sh -c 'wc -c; exit 9'`, 'x'.repeat(100_000))

    expect([piped.exitCode, piped.stdout.toString().trim()]).toEqual([9, '100000'])
  })

  it('is followed until its reader hangs up', async () => {
    const following = spawn(
      '/usr/bin/ssh',
      ['-F', user.config, 'vastrox@vastrox', 'logs', APP, '-f'],
      { env: user.env },
    )
    let text = ''
    following.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString()
    })
    await until('its first words', async () => text.includes('it begins'))
    const connections = async () => (await vastrox.read(SshAccess, '/ssh')).connections
    expect(await connections()).toMatchObject({ console: 1 })
    const { ssh } = await vastrox.status()
    expect(ssh).toMatchObject({ port: vastrox.config.sshPort, connections: { console: 1 } })

    following.kill()

    await until('the end of it', async () => (await connections()).console === 0)
  })

  it('gets its env by a pipe, and scripts read JSON', async () => {
    expect(await said(`env:set ${APP} GREETING`, "it's $HOME `id`")).toEqual([
      0,
      expect.any(String),
    ])
    const [code, env] = await said(`env ${APP} --reveal --json`)

    expect([code, env]).toEqual([0, expect.stringContaining("it's $HOME `id`")])
    expect((await said('nothing'))[0]).toBe(2)
    expect((await said(''))[1]).toContain('vastrox <command>')
  })
})

describe('the SSH server of an installation', () => {
  it('runs as the daemon, with the port held by whoever supervises it: a connection waits through a restart', async () => {
    const before = await vastrox.pidOf('daemon')
    await vastrox.kill('daemon', 'SIGKILL')

    const answer = await user.ssh(['-o', 'ConnectTimeout=30', 'vastrox@vastrox', 'whoami'])

    expect([answer.exitCode, answer.stderr]).toEqual([0, ''])
    expect(await vastrox.pidOf('daemon')).not.toBe(before)
  })

  it('lets nobody in by a key that was removed, and says to the journal who tried', async () => {
    const other = await createSshUser(vastrox)
    const refused = await other.console('apps')
    expect([refused.exitCode, refused.stderr]).toEqual([
      255,
      expect.stringContaining('Permission denied (publickey)'),
    ])
    const added = await other.addKey(readFileSync(other.keyFile, 'utf8'))
    expect((await other.console('apps')).exitCode).toBe(0)
    await vastrox.api('DELETE', `/ssh-keys/${added.id}`)
    expect((await other.console('apps')).exitCode).toBe(255)

    const audit = JSON.parse((await said('audit -n 60 --json'))[1])
    const actions = audit.map(({ action, result }: Record<string, string>) => `${action} ${result}`)
    expect(actions).toEqual(
      expect.arrayContaining(['ssh-key.add ok', 'ssh.sign-in ok', 'ssh-key.remove ok']),
    )
    other.remove()
  })

  it('takes files for an app, which run once they are published', async () => {
    const file = join(user.home, 'server.js')
    writeFileSync(file, tinyApp('v9')['server.js'] ?? '')

    const put = await run('/usr/bin/sftp', ['-F', user.config, '-b', '-', `${APP}@vastrox`], {
      env: user.env,
      timeoutMs: 60_000,
      input: `ls\nput ${file} server.js\n`,
    })
    expect([put.exitCode, put.stderr]).toEqual([0, ''])
    expect(put.stdout.toString()).toContain('package.json')
    const [code, text] = await said(`publish ${APP}`)
    expect([code, text.slice(-600)]).toEqual([0, expect.anything()])

    await until('what was uploaded', async () => (await versionOf(vastrox, APP)) === 'v9')
  })
})
