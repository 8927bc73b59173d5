import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openHostKeys } from '#adapters/system/ssh-host-keys.ts'
import { fail, succeed } from '#test/fakes/deployments.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'
import { type Checkout, createCheckout } from '#test/git/git-client.ts'
import { type GitServer, startGitServer } from '#test/git/git-server.ts'
import { createSshClient, type SshClient } from '#test/ssh/ssh-client.ts'

let dir: string
let gitServer: GitServer
let server: FullServer
let port: number
let client: SshClient
let keyId: string
let hostKeys: Awaited<ReturnType<typeof openHostKeys>>

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vastrox-ssh-'))
  gitServer = await startGitServer()
  hostKeys = await openHostKeys(join(dir, 'host'))
  server = await createFullServer({ git: gitServer.git, hostKeys, sshPort: 0 })
  await server.ssh.listen({ host: '::', port: 0 })
  port = server.ssh.port()
  client = await newClient()
  keyId = await letIn(client)
})
afterAll(async () => {
  await server.ssh.close()
  await gitServer.close()
  await rm(dir, { recursive: true })
})

let clients = 0
function newClient(hostKey = hostKeys.publicKeys[0]?.publicKey ?? ''): Promise<SshClient> {
  clients += 1
  return createSshClient(join(dir, `client${clients}`), port, hostKey)
}
async function letIn(who: SshClient, ...options: string[]): Promise<string> {
  const publicKey = await who.newKey(...options)
  return server.sshKeys.add(server.access.rootActor(), { publicKey }).id
}
/** The throttle of the test's server is by time: a new hour begins. */
const forgetFailures = () => server.clock.pass(3_600_000)

async function until(what: string, check: () => boolean): Promise<void> {
  for (let at = 0; at < 800; at++) {
    if (check()) return
    await sleep(25)
  }
  throw new Error(`waited for: ${what}`)
}

describe('git over SSH', () => {
  const SERVER = { 'server.js': "require('node:http')\n" }
  let checkout: Checkout
  let app = ''
  let count = 0

  beforeEach(async () => {
    count += 1
    app = `over-ssh-${count}`
    gitServer.deployments.fake.script = succeed
    checkout = await newCheckout()
    await checkout.init()
  })

  async function newCheckout(): Promise<Checkout> {
    const made = await createCheckout(join(dir, `checkout-${Math.random()}`), gitServer.caFile)
    Object.assign(made.env, { GIT_SSH_COMMAND: `ssh -F ${client.config}` })
    return made
  }
  const url = (name = app): string => `git@vastrox:${name}.git`
  const push = (...args: string[]) => checkout.git('push', ...args)

  it('creates the app, shows the deployment as it goes, and ends as it does over HTTPS', async () => {
    const sha = await checkout.commit(SERVER, 'first words')

    const { exitCode, text } = await push(url(), 'main')

    expect(text).toContain(`remote: -----> Created the app ${app}`)
    expect(text).toContain(`remote: -----> Received main ${sha.slice(0, 7)} (first words)`)
    expect(text).toContain('* [new branch]      main -> main')
    expect(exitCode).toBe(0)
    expect(await push(url(), 'main')).toEqual({ exitCode: 0, text: 'Everything up-to-date\n' })
    const nothing = await client.ssh(['git@vastrox', `git-receive-pack '${app}.git'`])
    expect(nothing).toMatchObject({ code: 0, err: '' })
  })

  it('fails with the reason of the deployment', async () => {
    await checkout.commit(SERVER)
    gitServer.deployments.fake.script = fail('health check: nothing listens', 'Listen on PORT.')

    const { exitCode, text } = await push(`ssh://git@vastrox/${app}.git`, 'main')

    expect(exitCode).toBe(1)
    expect(text).toContain('! [remote rejected] main -> main (deployment failed: health check')
  })

  it('takes a push by force, tags, and the deletion of a branch', async () => {
    await checkout.commit(SERVER, 'one')
    await push(url(), 'main')
    await checkout.ok('commit', '--quiet', '--amend', '-m', 'another one')
    await checkout.ok('tag', 'v1')
    await checkout.ok('branch', 'side')

    expect((await push(url(), 'main')).exitCode).toBe(1)
    expect((await push('--force', url(), 'main', 'v1', 'side')).exitCode).toBe(0)
    const deleted = await push(url(), '--delete', 'side')

    expect([deleted.exitCode, deleted.text]).toEqual([0, expect.stringContaining('[deleted]')])
    expect(await checkout.ok('ls-remote', url())).not.toContain('side')
  })

  it.each([2, 0])(
    'clones and fetches, shallow too, by version %i of the protocol',
    async (version) => {
      for (const message of ['one', 'two', 'three'])
        await checkout.commit({ 'server.js': message }, message)
      await push(url(), 'main')
      const protocol = ['-c', `protocol.version=${version}`]
      const other = await newCheckout()

      await other.ok(...protocol, 'clone', '--quiet', '--depth', '1', url(), 'shallow')
      expect(await other.ok('-C', 'shallow', 'rev-list', '--count', 'HEAD')).toBe('1')
      await other.ok('-C', 'shallow', ...protocol, 'fetch', '--quiet', '--unshallow')
      expect(await other.ok('-C', 'shallow', 'rev-list', '--count', 'HEAD')).toBe('3')
      await checkout.commit({ 'server.js': 'four' }, 'four')
      await push(url(), 'main')
      await other.ok('-C', 'shallow', ...protocol, 'pull', '--quiet')
      expect(await other.ok('-C', 'shallow', 'log', '-1', '--format=%s')).toBe('four')
      const traced = await createTraced(other, ...protocol, 'ls-remote', url())
      expect(traced.includes('version 2')).toBe(version === 2)
    },
  )

  async function createTraced(of: Checkout, ...args: string[]): Promise<string> {
    Object.assign(of.env, { GIT_TRACE_PACKET: '1' })
    return (await of.git(...args)).text
  }

  it('says what is wrong in git’s own words', async () => {
    await checkout.commit(SERVER)

    const missing = await checkout.git('clone', url('no-such-app'), 'x')
    const badName = await push(url('Not_A_Name'), 'main')
    const viewer = server.addUser(`viewer${count}`, 'viewer')
    const other = await newClient()
    server.sshKeys.add(server.access.rootActor(), { publicKey: await other.newKey() }, viewer.name)
    Object.assign(checkout.env, { GIT_SSH_COMMAND: `ssh -F ${other.config}` })
    const notAllowed = await push(url(), 'main')

    expect(missing.text).toContain('remote error: There is no app with that name.')
    expect(badName.text).toContain('An app cannot be called "Not_A_Name"')
    expect(notAllowed.text).toContain(`There is no app ${app} that this token may push to`)
    expect([missing, badName, notAllowed].map(({ exitCode }) => exitCode)).toEqual([128, 128, 128])
  })

  it.each([
    'git-shell',
    'git-upload-archive blog.git',
    'git-upload-pack',
    'git-upload-pack blog.git; id',
    "git-upload-pack 'blog.git' --upload-pack=id",
    'sh -c id',
    'apps',
    '',
  ])('does nothing else: %j', async (command) => {
    const { code, out, err } = await client.ssh(['git@vastrox', command])

    expect([code, out]).toEqual([127, ''])
    expect(err).toContain('This user is for git: git clone ssh://git@example.com')
  })

  it('keeps an app’s name that leads elsewhere within its own words', async () => {
    for (const name of ['../../etc/passwd', '/etc/passwd', '--help', '-c', '$(id)', "'"]) {
      const { code, out } = await client.ssh(['git@vastrox', `git-upload-pack "${name}"`])
      expect([name, code, out.slice(4, 39)]).toEqual([
        name,
        128,
        'ERR There is no app with that name.',
      ])
    }
  })
})

describe('the console over SSH', () => {
  const vastrox = (command: string, stdin?: string) =>
    client.ssh(['vastrox@vastrox', ...(command === '' ? [] : [command])], stdin)

  it('runs a command as the user of the key, with its output, errors and exit code', async () => {
    expect(await vastrox('create console-app')).toMatchObject({ code: 0, err: '' })
    const apps = await vastrox('apps --json')
    expect(JSON.parse(apps.out)).toEqual([expect.objectContaining({ name: 'console-app' })])
    expect(await vastrox('vastrox apps info console-app')).toMatchObject({ code: 0 })
    expect(JSON.parse((await vastrox('whoami --json')).out)).toMatchObject({ name: 'owner' })
    expect(await vastrox('apps info nothing')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('There is no app with that name.'),
    })
    expect(await vastrox('nothing')).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no command nothing.'),
    })
    expect(await vastrox("apps 'info")).toMatchObject({
      code: 2,
      err: " !  A quote (') is not closed.\n",
    })
  })

  it('has no shell: without a command it prints what there is', async () => {
    const { code, out } = await vastrox('')

    expect(code).toBe(0)
    expect(out).toContain('vastrox <command>')
    expect(out).toContain('apps')
    expect((await vastrox('echo $HOME; id')).err).toContain('There is no command echo.')
  })

  it('takes quoted words as they are, and what is piped in', async () => {
    await vastrox('create words')
    expect((await vastrox(`env:set words 'A=$(id) "x"' B=two\\ words`)).code).toBe(0)
    expect((await vastrox('env:import words', 'C=three\nD="four five"\n')).code).toBe(0)
    expect((await vastrox('env set words E', 'from a pipe')).code).toBe(0)

    expect(server.storedEnv('words')).toEqual({
      A: '$(id) "x"',
      B: 'two words',
      C: 'three',
      D: 'four five',
      E: 'from a pipe',
    })
  })

  it('allows what the user’s role does', async () => {
    const viewer = server.addUser('only-looks', 'viewer')
    const other = await newClient()
    server.sshKeys.add(server.access.rootActor(), { publicKey: await other.newKey() }, viewer.name)

    expect(await other.ssh(['vastrox@vastrox', 'create x-app'])).toMatchObject({ code: 1 })
    expect(await other.ssh(['vastrox@vastrox', 'keys', '--json'])).toMatchObject({ code: 0 })
    expect(await other.ssh(['vastrox@vastrox', 'tokens'])).toMatchObject({ code: 1 })
    const { items } = server.audit.list(server.access.rootActor(), { cursor: undefined, limit: 9 })
    expect(items.filter(({ result }) => result === 'denied')).toEqual([
      expect.objectContaining({
        actor: 'only-looks',
        action: 'denied token.manage',
        target: 'tokens',
      }),
      expect.objectContaining({ action: 'denied app.create', target: 'create' }),
    ])
    // Of root at the socket on the server alone.
    expect(await vastrox('crash-at x')).toMatchObject({ code: 2 })
  })

  it('follows a log until its reader hangs up', async () => {
    await vastrox('create followed')
    const { id } = server.app('followed')
    const following = client.start(['vastrox@vastrox', 'logs', 'followed', '-f'])
    await sleep(300)
    const say = (text: string, at: string) =>
      server.appLogs.add(id, {
        line: { at, release: 1, stream: 'stdout', source: 'web.1', text },
        instance: 'a',
      })
    await say('one', '2026-11-22T17:00:00.000000001Z')
    await until('the line', () => following.out().includes('web.1    | one'))
    expect(server.ssh.connections()).toMatchObject({ console: 1 })

    following.child.kill('SIGTERM')

    await until('its end', () => server.ssh.connections().console === 0)
  })

  it('ends with 130 when Ctrl-C is typed where nothing reads it', async () => {
    const following = client.start(['-tt', 'vastrox@vastrox', 'logs', 'followed', '-f'])
    await until('the command', () => server.ssh.connections().console === 1)
    await sleep(200)

    following.type('\u0003')

    expect(await following.ended).toBe(130)
  })

  describe('with a command inside of an app', () => {
    beforeAll(async () => {
      server.addApp('hello')
      await server.start()
      await server.deploy('a1')
    })
    const last = () => server.node.sessions.at(-1)

    it('gives it a terminal with its window, keys and exit code', async () => {
      const before = server.node.sessions.length
      const working = client.start([
        '-tt',
        'vastrox@vastrox',
        'run',
        'hello',
        '--',
        'top',
        '-d',
        '2',
      ])
      await until('the session', () => server.node.sessions.length > before)
      const session = last()
      expect(session?.spec).toMatchObject({
        command: 'top -d 2',
        terminal: { columns: 80, rows: 24 },
        stdin: true,
      })
      session?.print('Tasks: 3\r\n')
      await until('what it prints', () => working.out().includes('Tasks: 3'))
      working.type('q\u0003')
      await until('keys', () => session?.typed() === 'q\u0003')

      session?.exit(7)

      expect(await working.ended).toBe(7)
      expect(working.out()).toBe('Tasks: 3\r\n')
    })

    it('gives it pipes without one: bytes in, bytes out, both outputs apart', async () => {
      const before = server.node.sessions.length
      const working = client.start(['-T', 'vastrox@vastrox', 'run hello -- cat'])
      await until('the session', () => server.node.sessions.length > before)
      const session = last()
      expect(session?.spec).toMatchObject({ terminal: null, stdin: true })
      working.type('\u0003\u0000x')
      await until('input', () => session?.typed() === '\u0003\u0000x')
      working.child.stdin.end()
      await until('its end', () => session?.received.includes('end') === true)
      session?.print('out')
      session?.print('err', 'stderr')
      session?.exit(0)

      expect(await working.ended).toBe(0)
      expect([working.out(), working.err()]).toEqual(['out', 'err'])
    })

    it('ends it when the client is gone', async () => {
      const before = server.node.sessions.length
      const working = client.start(['-tt', 'vastrox@vastrox', 'run', 'hello', '--', 'sh'])
      await until('the session', () => server.node.sessions.length > before)
      const session = last()

      working.child.kill('SIGKILL')

      await until('the end of the session', () => session?.isAborted() === true)
      expect(server.problems).toEqual([])
    })
  })
})

describe('signing in over SSH', () => {
  it.each([
    ['an RSA key, by SHA-2', ['-t', 'rsa', '-b', '2048']],
    ['an ECDSA key', ['-t', 'ecdsa', '-b', '384']],
  ])('takes %s', async (_what, options) => {
    const other = await newClient()
    await letIn(other, ...options)

    expect(await other.ssh(['vastrox@vastrox', 'whoami'])).toMatchObject({ code: 0 })
  })

  it('can be told from another server by either of its host keys', async () => {
    const byRsa = await newClient(hostKeys.publicKeys[1]?.publicKey)
    await letIn(byRsa)
    expect(await byRsa.ssh(['vastrox@vastrox', 'whoami'])).toMatchObject({ code: 0 })

    const another = await openHostKeys(join(dir, 'another'))
    const fooled = await newClient(another.publicKeys[0]?.publicKey)
    await letIn(fooled)
    expect((await fooled.ssh(['vastrox@vastrox', 'whoami'])).code).toBe(255)
  })

  it('speaks modern algorithms only, with strict key exchange', async () => {
    const seen = await client.ssh(['-o', 'LogLevel=DEBUG3', 'vastrox@vastrox', 'whoami'])
    expect(seen.err).toMatch(/strict KEX ordering|resetting read seqnr/)

    for (const weak of [
      ['-c', 'aes128-cbc'],
      ['-m', 'hmac-sha1', '-c', 'aes128-ctr'],
      ['-o', 'KexAlgorithms=diffie-hellman-group14-sha1'],
      ['-o', 'HostKeyAlgorithms=ssh-rsa'],
    ])
      expect(
        (await client.ssh([...weak, '-o', 'LogLevel=DEBUG1', 'vastrox@vastrox', 'whoami'])).err,
        weak.join(' '),
      ).toMatch(/no matching/i)
  })

  it('refuses a signature by SHA-1', async () => {
    const other = await newClient()
    await letIn(other, '-t', 'rsa', '-b', '2048')
    const { code, err } = await other.ssh([
      '-o',
      'PubkeyAcceptedAlgorithms=ssh-rsa',
      'vastrox@vastrox',
      'whoami',
    ])

    expect([code, err]).toEqual([255, expect.stringContaining('Permission denied (publickey)')])
    await forgetFailures()
  })

  it.each(['git', 'vastrox', 'root', 'blog'])(
    'refuses a key that nobody has as %s, and offers no password',
    async (user) => {
      const stranger = await newClient()
      await stranger.newKey()

      const { code, err } = await stranger.ssh([`${user}@vastrox`, 'apps'])

      expect([code, err]).toEqual([
        255,
        expect.stringMatching(/Permission denied \(publickey(,password)?\)/),
      ])
      await forgetFailures()
    },
  )

  it('refuses a user that there is not, with a good key', async () => {
    expect((await client.ssh(['root@vastrox', 'apps'])).code).toBe(255)
    await forgetFailures()
  })

  it('listens no more to an address after five failures, and again after a while', async () => {
    const stranger = await newClient()
    await stranger.newKey()
    server.abuse.length = 0
    for (let at = 0; at < 5; at++)
      expect((await stranger.ssh(['git@vastrox', 'x'])).err).toContain('Permission denied')
    await until('the fifth', () => server.abuse.length === 5)

    const told = await client.ssh(['-o', 'LogLevel=DEBUG1', 'vastrox@vastrox', 'whoami'])
    expect(told.err).toContain('Too many failed sign-ins from your address: try again in 1 s.')
    expect(told.code).toBe(255)
    await server.clock.pass(1_000)
    expect((await client.ssh(['vastrox@vastrox', 'whoami'])).code).toBe(0)
    expect((await stranger.ssh(['git@vastrox', 'x'])).err).toContain('Permission denied')
    await forgetFailures()
  })

  it('puts whoever is in by a key out when that key is removed', async () => {
    const other = await newClient()
    const id = await letIn(other)
    await client.ssh(['vastrox@vastrox', 'create', 'watched'])
    const following = other.start(['vastrox@vastrox', 'logs', 'watched', '-f'])
    await until('the command', () => server.ssh.connections().console === 1)

    server.sshKeys.remove(server.access.rootActor(), id)

    expect(await following.ended).toBe(255)
    expect((await other.ssh(['vastrox@vastrox', 'whoami'])).code).toBe(255)
    await forgetFailures()
  })

  it('is written down, once in a while, as are added and removed keys', async () => {
    const { items } = server.audit.list(server.access.rootActor(), {
      cursor: undefined,
      limit: 200,
    })
    const actions = items.map(({ action, target, result }) => `${action} ${target} ${result}`)

    expect(actions).toContain('ssh.sign-in vastrox ok')
    expect(actions).toContain('ssh.sign-in git ok')
    expect(actions).toContain(`ssh-key.add ${keyId} ok`)
    const signIns = items.filter(({ action }) => action === 'ssh.sign-in')
    expect(signIns.find(({ result }) => result === 'ok')).toMatchObject({
      actor: 'owner',
      address: '127.0.0.1',
    })
  })
})

describe('the SSH server', () => {
  it('forwards nothing, starts nothing and takes no environment', async () => {
    const jump = await client.ssh(['-W', `127.0.0.1:${port}`, 'vastrox@vastrox'])
    expect(jump.err).toMatch(/open failed|forwarding failed/)
    const back = await client.ssh([
      '-o',
      'ExitOnForwardFailure=yes',
      '-R',
      '0:127.0.0.1:1',
      'vastrox@vastrox',
      'whoami',
    ])
    expect([back.code, back.err]).toEqual([255, expect.stringContaining('forwarding')])
    for (const subsystem of ['sftp', 'shell'])
      expect((await client.ssh(['-s', 'vastrox@vastrox', subsystem])).err).toContain(
        'subsystem request failed',
      )
    Object.assign(client.env, { VASTROX_DATA_DIR: '/tmp', VASTROX_X: '1' })
    expect((await client.ssh(['vastrox@vastrox', 'whoami'])).code).toBe(0)
  })

  it('ends a connection that does not sign in, and outlives what is no SSH', async () => {
    const heard = async (send: Buffer | string): Promise<void> => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.resume()
      socket.write(send)
      socket.end()
      await new Promise((resolve) => socket.on('close', resolve))
    }
    await heard('GET / HTTP/1.1\r\n\r\n')
    await heard('SSH-2.0-x\r\n')
    await heard(Buffer.alloc(100_000, 7))
    await heard(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(40_000, 255)]))
    await heard('')

    expect((await client.ssh(['vastrox@vastrox', 'whoami'])).code).toBe(0)
    await until('none to be open', () => server.ssh.connections().open === 0)
    expect(server.problems).toEqual([])
  })

  it('carries several commands at once on one connection, and not more than ten', async () => {
    const control = join(dir, 'control')
    await client.ssh(['vastrox@vastrox', 'create', 'followed-by-ten'])
    const master = client.start(['-M', '-S', control, '-N', 'vastrox@vastrox'])
    await until('the connection', () => server.ssh.connections().open === 1)
    const shared = ['-S', control, '-o', 'ControlMaster=no', 'vastrox@vastrox']
    await until('its socket', () => existsSync(control))
    const following = Array.from({ length: 10 }, () =>
      client.start([...shared, 'logs', 'followed-by-ten', '-f']),
    )
    await until('ten', () => server.ssh.connections().console === 10)

    const eleventh = await client.ssh([...shared, 'whoami'])

    expect(eleventh.err).toContain('Session open refused')
    // OpenSSH tries a refused session once more on a connection of its own, which may still be closing.
    await until('one connection', () => server.ssh.connections().open === 1)
    expect(server.ssh.connections()).toMatchObject({ open: 1, console: 10 })
    for (const each of following) each.child.kill()
    master.child.kill()
    await until('the end', () => server.ssh.connections().open === 0)
  })
})
