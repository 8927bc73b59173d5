import { Permission } from '@vastrox/shared/permissions.ts'
import { describe, expect, it } from 'vitest'
import type { Command } from '#commands/command.ts'
import { findCommand, suggestionFor } from '#commands/find-command.ts'
import { harmless, table } from '#commands/output.ts'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

/** A console over the apps' harness: what is not asked of it is not there. */
function setUp(actor = owner()) {
  const harness = createAppHarness()
  const bugs: unknown[] = []
  async function vastrox(line: string | string[], stdin?: string, as = actor) {
    const said = { out: '', err: '' }
    const context = {
      ...harness.commandServices,
      actor: as,
      stdin,
      terminal: undefined,
      signal: new AbortController().signal,
      print: async (text: string) => void (said.out += text),
      printError: async (text: string) => void (said.err += text),
    }
    const words = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line
    const code = await harness.clock.until(
      runCommand(commands, context, words, (error) => bugs.push(error)),
    )
    return { code, ...said }
  }
  return { ...harness, vastrox, bugs }
}

describe('the command table', () => {
  it('has each name and alias once, and a permission that exists', () => {
    const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])

    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
    for (const { permission } of commands)
      expect(['signed-in', ...Permission.options]).toContain(permission)
  })

  it.each([
    ['env:set blog A=1', 'env:set', ['blog', 'A=1']],
    ['env set blog A=1', 'env:set', ['blog', 'A=1']],
    ['env blog', 'env', ['blog']],
    ['apps create blog', 'create', ['blog']],
    ['create blog', 'create', ['blog']],
    ['ps scale blog web=2', 'scale', ['blog', 'web=2']],
    ['logs blog -f', 'logs', ['blog', '-f']],
    ['releases roll-back blog', 'rollback', ['blog']],
  ])('understands %j', (line, name, rest) => {
    const found = findCommand(commands, line.split(' '))

    expect([found?.command.name, found?.rest]).toEqual([name, rest])
  })

  it.each([
    ['dploy', 'deploy'],
    ['lgos', 'logs'],
    ['env:sett', 'env:set'],
    ['enviroment', undefined],
    ['rm', undefined],
    ['rollbak', 'rollback'],
  ])('suggests for %j: %j', (typed, suggestion) => {
    expect(suggestionFor(commands, [typed])).toBe(suggestion)
  })
})

describe('running a command', () => {
  it('says what is nearest to a command that does not exist', async () => {
    const { vastrox } = setUp()

    expect(await vastrox('aps')).toEqual({
      code: 2,
      out: '',
      err: ' !  There is no command aps. Did you mean apps?\n',
    })
    expect((await vastrox('git-accounts:lst')).err).toContain('Did you mean git-accounts:list?')
  })

  it.each(["git-receive-pack '/blog.git'", "git-upload-pack '/blog.git'"])(
    'says which user Git is to go to, where it came to another: %s',
    async (line) => {
      const { vastrox } = setUp()

      expect(await vastrox(line)).toEqual({
        code: 2,
        out: '',
        err: ' !  Git pushes to and reads from the user git: git@<this server>:<app>.git\n',
      })
    },
  )

  it('shows how a command is called when it is called wrongly, and changes nothing', async () => {
    const { vastrox, appService, actor } = setUp()
    for (const line of [
      'create',
      'create a b',
      'create blog --colour',
      'scale blog web',
      'destroy blog',
    ]) {
      const { code, err } = await vastrox(line)

      expect([line, code]).toEqual([line, 2])
      expect(err).toContain(`vastrox ${line.split(' ')[0]} <app>`)
    }
    expect(appService.list(actor)).toEqual([])
  })

  it('says what went wrong and what to do, with exit code 1', async () => {
    const { vastrox, bugs } = setUp()

    expect(await vastrox('apps:info nothere')).toEqual({
      code: 1,
      out: '',
      err: ' !  There is no app with that name.\n',
    })
    expect((await vastrox('create Not_A_Name')).err).toContain('Use 2 to 40 lower-case letters')
    expect(bugs).toEqual([])
  })

  it('tells nothing of a bug, but keeps it', async () => {
    const { bugs, commandServices } = setUp()
    const broken: Command = {
      name: 'broken',
      usage: '',
      summary: '',
      permission: 'signed-in',
      takes: [0, 0],
      run: async () => {
        throw new Error('SELECT secret FROM table')
      },
    }
    const said: string[] = []
    const context = {
      ...commandServices,
      actor: owner(),
      stdin: undefined,
      terminal: undefined,
      signal: new AbortController().signal,
      print: async () => {},
      printError: async (text: string) => void said.push(text),
    }

    expect(await runCommand([broken], context, ['broken'], (error) => bugs.push(error))).toBe(1)

    expect(said.join('')).not.toContain('SELECT')
    expect(bugs).toHaveLength(1)
  })

  it('refuses what the actor may not do', async () => {
    const { vastrox, appService, actor } = setUp(owner({ permissions: new Set(['app.read']) }))

    expect(await vastrox('create blog')).toMatchObject({
      code: 1,
      err: ' !  You may not do that.\n',
    })
    expect(appService.list(actor)).toEqual([])
  })

  it('helps', async () => {
    const { vastrox } = setUp()
    const overview = await vastrox('help')

    for (const { name } of commands) expect(overview.out).toContain(name)
    expect((await vastrox('env:set --help')).out).toContain('NAME=value')
    expect((await vastrox('help env set')).out).toBe((await vastrox('env:set -h')).out)
    expect((await vastrox('')).code).toBe(0)
  })
})

describe('apps by command', () => {
  it('are created, listed as text and as JSON, and destroyed', async () => {
    const { vastrox } = setUp()

    expect((await vastrox('create blog')).out).toContain(
      'git remote add vastrox https://localhost:8443/git/blog.git',
    )
    expect((await vastrox('apps')).out).toMatch(
      /Name +State +Release +Stack +Address\nblog +never-deployed +- +- +http:\/\/blog.localhost:8080\n/,
    )
    expect(JSON.parse((await vastrox('apps --json')).out)).toMatchObject([{ name: 'blog' }])
    expect((await vastrox('destroy blog --confirm blob')).code).toBe(1)
    expect((await vastrox('destroy blog --confirm blog')).code).toBe(0)
    expect(JSON.parse((await vastrox('apps --json')).out)).toEqual([])
  })

  it('deploy with their log on screen, and fail with an exit code', async () => {
    const { vastrox, deploy, clock, node } = setUp()
    await vastrox('create hello')
    await deploy()
    await clock.pass(120_000)

    const restarted = await vastrox('restart hello')
    expect(restarted.code).toBe(0)
    expect(restarted.out).toContain('web.1 is up')
    await clock.pass(120_000)

    node.behave = () => ({ exitCode: 3 })
    const failed = await vastrox('env:set hello A=1')
    expect(failed.code).toBe(1)
    expect(failed.err).toContain(' !  Deployment 3: ')

    const detached = await vastrox('restart hello -d')
    expect(detached).toMatchObject({ code: 0, out: 'Deployment 4 of hello is queued.\n' })
    const asJson = await vastrox('restart hello --json')
    expect(asJson.code).toBe(1)
    expect(JSON.parse(asJson.out)).toMatchObject({ number: 5, state: 'failed' })
  })

  it('take env values from stdin, so that no argument list holds them', async () => {
    const { vastrox, envService, actor } = setUp()
    await vastrox('create hello')
    const pem = '-----BEGIN KEY-----\nabc$=\n-----END KEY-----\n'

    await vastrox('env:set hello KEY', pem)
    await vastrox('env:set hello -', 'A=1\nB="two words"\n')
    await vastrox(['env:set', 'hello', 'C=x=y z', 'D='])
    const warned = await vastrox('env:import hello', 'E=1\nE=2')
    await vastrox('env:unset hello A')

    expect(warned.err).toContain('E is there more than once')
    const values = envService.list(actor, 'hello', { reveal: true })
    expect(Object.fromEntries(values.map(({ key, value }) => [key, value]))).toEqual({
      B: 'two words',
      C: 'x=y z',
      D: '',
      E: '2',
      KEY: pem.trimEnd(),
    })
    expect((await vastrox('env hello')).out).not.toContain('two words')
    expect((await vastrox('env hello --reveal')).out).toContain("B='two words'\n")
    expect((await vastrox('env:get hello B')).out).toBe('two words\n')
    expect((await vastrox('env:set hello KEY')).code).toBe(2)
  })

  it('go back to the release before the live one', async () => {
    const { vastrox, deploy, clock, appService, actor } = setUp()
    await vastrox('create hello')
    await deploy('a1')
    await clock.pass(120_000)
    expect(await vastrox('rollback hello')).toMatchObject({
      code: 1,
      err: ' !  There is no release to go back to.\n',
    })
    await deploy('b2')
    await clock.pass(120_000)

    expect((await vastrox('rollback hello')).code).toBe(0)
    expect((await vastrox('releases hello')).out).toContain('live')
    expect(appService.get(actor, 'hello').state).toBe('running')
    expect((await vastrox('rollback hello v99')).code).toBe(1)
    expect((await vastrox('ps hello')).out).toContain('web.1')
    expect((await vastrox('deployments hello -n 1 --json')).code).toBe(0)
  })

  it('change settings by name', async () => {
    const { vastrox, appService, actor } = setUp()
    await vastrox('create hello')

    expect((await vastrox('settings:set hello healthPath=/up drainMs=5000')).code).toBe(0)
    expect((await vastrox('settings:set hello healthPath=null')).code).toBe(0)
    expect((await vastrox('settings:set hello drainMs=-1')).code).toBe(2)
    expect((await vastrox('settings:set hello nonsense=1')).code).toBe(2)

    expect(appService.get(actor, 'hello').settings).toMatchObject({
      healthPath: null,
      drainMs: 5_000,
    })
  })
})

describe('access by command', () => {
  it('makes tokens that install.sh and people can use, and revokes them', async () => {
    const { vastrox, access } = setUp()
    access.createFirstOwner()
    const { vastrox: root } = setUpFor(access.rootActor())

    const made = JSON.parse((await root('tokens:create --name ci --push --json')).out)
    expect(access.authenticateToken(made.token, '192.0.2.1').name).toBe('token ci')
    const admin = JSON.parse((await root('tokens:create --name install --admin --json')).out)
    expect(admin.permissions).toContain('token.manage')
    expect((await root('tokens')).out).toContain('ci')
    expect((await root('tokens')).out).not.toContain(made.token)

    expect((await root(`tokens:revoke ${made.id}`)).code).toBe(0)
    expect(() => access.authenticateToken(made.token, '192.0.2.1')).toThrow('not valid')
    expect((await root('tokens:create --name x --kind other')).code).toBe(2)
    expect((await root('whoami')).out).toContain('root on this server')
    expect((await root('users')).out).toContain('owner')
    expect((await root('audit -n 2')).out).toContain('token.revoke')
    expect((await root('audit:verify')).code).toBe(0)
    expect((await vastrox('whoami')).code).toBe(1)

    function setUpFor(actor: ReturnType<typeof access.rootActor>) {
      return { vastrox: (line: string) => vastrox(line, undefined, actor) }
    }
  })

  it('prints a link to sign in with, as install.sh reads it', async () => {
    const { vastrox, access } = setUp()
    access.createFirstOwner()

    const root = access.rootActor()
    const link = JSON.parse((await vastrox('sign-in-link --json', undefined, root)).out)

    expect(link.url).toBe(`https://localhost:8443${link.path}`)
    expect(link.path).toMatch(/^\/sign-in\/[\w-]{43}$/)
    expect(link.expiresAt).toBe('2026-11-22T13:00:00.000Z')
    expect((await vastrox('sign-in-link')).err).toContain('Sign in first.')
  })
})

describe('logs by command', () => {
  it('are printed with their time and source, of one process where asked', async () => {
    const { vastrox, appLogs, appService, actor } = setUp()
    const { id } = appService.create(actor, { name: 'hello' })
    const at = '2026-11-22T17:00:00.000000001Z'
    const line = { at, release: 1, stream: 'stdout' } as const
    await appLogs.add(id, { line: { ...line, source: 'web.1', text: 'one' }, instance: 'a' })
    await appLogs.add(id, { line: { ...line, source: 'worker.1', text: 'two' }, instance: 'b' })

    expect((await vastrox('logs hello')).out).toBe(
      '2026-11-22T17:00:00Z web.1    | one\n2026-11-22T17:00:00Z worker.1 | two\n',
    )
    expect((await vastrox('logs hello --source web')).out).toContain('one')
    expect((await vastrox('logs hello --source web')).out).not.toContain('two')
    expect((await vastrox('logs hello -n 1')).out).toContain('two')
    expect((await vastrox('logs hello -n x')).code).toBe(2)
  })
})

describe('what is printed', () => {
  it('is aligned', () => {
    expect(
      table(
        ['A', 'Long'],
        [
          ['wide cell', ''],
          ['b', 'x'],
        ],
      ),
    ).toBe('A          Long\nwide cell\nb          x\n')
  })

  it('keeps colours and steers no terminal (rule C15)', () => {
    const colour = '\u001b[1;31mred\u001b[0m'
    const title = '\u001b]0;owned\u0007'
    const link = '\u001b]8;;http://x\u001b\\click\u001b]8;;\u001b\\'
    const moves = '\u001b[2J\u001b[10;10H\u001bc\u0008\u009b31m\r\n'

    expect(harmless(`a\t${colour}${title}${link}${moves}z`)).toBe(`a\t${colour}clickz`)
  })
})
