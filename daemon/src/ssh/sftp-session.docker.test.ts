import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@vastrox/shared/node/run.ts'
import ssh2 from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createStagingTrees } from '#adapters/files/staging-trees.ts'
import { openHostKeys } from '#adapters/system/ssh-host-keys.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'
import { createSshClient, type SshClient } from '#test/ssh/ssh-client.ts'
import type { Uploads } from '#ssh/sftp-session.ts'

const APP = 'upload-app'
const QUOTA_BYTES = 64 * 2 ** 20
const HASH = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let dir: string
let server: FullServer
let client: SshClient
let port: number
let root: string
let closing: AbortController
let ended = 0
let hostKey: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vastrox-sftp-'))
  const staging = createStagingTrees({
    folder: join(dir, 'uploads'),
    quota: { bytes: QUOTA_BYTES, entries: 3_000 },
  })
  const tree = await staging.open('app00001')
  root = join(dir, 'uploads', 'app00001', 'tree')
  const uploads: Uploads = {
    async open(actor, name) {
      server.finder.find(actor, name)
      const session = tree.session()
      closing = new AbortController()
      return {
        id: 'session',
        app: { id: 'app00001', name },
        tree: session,
        closed: closing.signal,
        end: async () => {
          ended += 1
          await session.end()
        },
      }
    },
    verifyUploadPassword: async (app, password, address) =>
      app === APP && password === 'right'
        ? { ...server.access.rootActor(), kind: 'token', address }
        : undefined,
  }
  const hostKeys = await openHostKeys(join(dir, 'host'))
  hostKey = hostKeys.publicKeys[0]?.publicKey ?? ''
  server = await createFullServer({ hostKeys, sshPort: 0, uploadSessions: uploads })
  await server.ssh.listen({ host: '::', port: 0 })
  server.addApp(APP)
  port = server.ssh.port()
  client = await createSshClient(join(dir, 'client'), port, hostKey)
  server.sshKeys.add(server.access.rootActor(), { publicKey: await client.newKey() })
  await mkdir(join(dir, 'local'))
})
afterAll(async () => {
  await server.ssh.close()
  await rm(dir, { recursive: true })
})
beforeEach(() => {
  ended = 0
})

const local = (name: string): string => join(dir, 'local', name)
const staged = (name: string): string => join(root, name)

/** Lines for OpenSSH's sftp, each of which must work. */
async function sftp(...lines: string[]): Promise<{ code: number | null; text: string }> {
  const result = await run('/usr/bin/sftp', ['-F', client.config, '-b', '-', `${APP}@vastrox`], {
    env: client.env,
    cwd: dir,
    timeoutMs: 60_000,
    input: `${lines.join('\n')}\n`,
  })
  return { code: result.exitCode, text: `${result.stdout.toString()}${result.stderr}` }
}

async function until(what: string, check: () => boolean): Promise<void> {
  for (let at = 0; at < 800; at++) {
    if (check()) return
    await sleep(25)
  }
  throw new Error(`waited for: ${what}`)
}

describe('sftp of OpenSSH', () => {
  it('puts, gets, lists, renames, sets and removes', async () => {
    await writeFile(local('a b ü.txt'), 'hello\n', { mode: 0o755 })
    await utimes(local('a b ü.txt'), 1_000_000_000, 1_000_000_000)

    const { code, text } = await sftp(
      'pwd',
      'mkdir docs',
      `put -p "${local('a b ü.txt')}" docs/`,
      'ls -l docs',
      'rename "docs/a b ü.txt" docs/c.txt',
      'chmod 644 docs/c.txt',
      'ls -la docs',
      `get docs/c.txt "${local('back')}"`,
      'ln -s c.txt docs/link',
      'df',
      'df -h docs',
      `put "${local('a b ü.txt')}" docs/c.txt`,
      'rm docs/link',
      'rm docs/c.txt',
      'rmdir docs',
    )

    expect([code, text.includes('not-found')]).toEqual([0, false])
    expect(text).toContain('Remote working directory: /')
    expect(text).toMatch(/-rwxr-xr-x +\d+ vastrox +vastrox +6 Sep +9 +2001 a b ü\.txt/)
    expect(text).toMatch(/-rw-r--r-- .* 2001 c\.txt/)
    expect(await readFile(local('back'), 'utf8')).toBe('hello\n')
    await until('the end of the upload session', () => ended === 1)
  })

  it('puts and gets folders with many files, and goes on where it was cut off', async () => {
    await mkdir(local('site/deep/er'), { recursive: true })
    for (let at = 0; at < 120; at++)
      await writeFile(local(`site/deep/er/${at} é.txt`), `file ${at}`)
    const big = randomBytes(9_000_001)
    await writeFile(local('site/big.bin'), big)

    expect(await sftp(`put -r ${local('site')}`, `get -r site ${local('again')}`)).toMatchObject({
      code: 0,
    })
    expect(HASH(await readFile(staged('site/big.bin')))).toBe(HASH(big))
    expect(HASH(await readFile(local('again/big.bin')))).toBe(HASH(big))
    expect(await readFile(staged('site/deep/er/119 é.txt'), 'utf8')).toBe('file 119')

    await writeFile(staged('site/big.bin'), big.subarray(0, 4_000_000))
    const resumed = await sftp(`reput ${local('site/big.bin')} site/big.bin`)
    expect(resumed.code, resumed.text).toBe(0)
    expect(HASH(await readFile(staged('site/big.bin')))).toBe(HASH(big))
    await sftp('rm site/deep/er/*', 'rm site/big.bin', 'rmdir site/deep/er')
  })

  it('is told why, where its protocol has no word for it', async () => {
    await writeFile(local('too-big'), Buffer.alloc(QUOTA_BYTES + 1))
    const { code, text } = await sftp(`put ${local('too-big')} too-big`)

    expect(code).toBe(1)
    expect(text).toMatch(/64(\.0)? MB/)
    await sftp('rm too-big')
    expect((await sftp('get nothing')).text).toContain('not found')
    expect((await sftp('mkdir x', 'mkdir x')).code).toBe(1)
    expect((await sftp('ln x y')).text).toContain('does not support hardlink')
    await sftp('rmdir x')
  })

  it('never leaves the files of its app', async () => {
    await symlink('/etc', staged('way-out'))
    const seen = await Promise.all(
      [
        'get way-out/passwd /dev/null',
        'get /../../etc/passwd /dev/null',
        'ln -s /etc/passwd outside',
        'ln -s ../../x outside',
        'put /etc/hostname way-out/x',
      ].map((line) => sftp(line)),
    )

    expect(seen.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1])
    expect((await sftp('ls way-out/')).text).not.toContain('passwd')
    await rm(staged('way-out'))
  })

  it('knows nothing of another app, nor of one that is not there', async () => {
    const result = await run('/usr/bin/sftp', ['-F', client.config, '-b', '-', 'no-such@vastrox'], {
      env: client.env,
      timeoutMs: 20_000,
      input: 'ls\n',
    })

    expect([result.exitCode, result.stderr]).toEqual([
      255,
      expect.stringContaining('There is no app with that name.'),
    ])
  })

  it('hears of commands where it asks for one', async () => {
    expect(await client.ssh([`${APP}@vastrox`, 'ls'])).toMatchObject({
      code: 1,
      err: expect.stringContaining(`This user takes files for ${APP}: sftp -P`),
    })
  })
})

describe('other clients', () => {
  it('scp copies there and back', async () => {
    const file = randomBytes(300_000)
    await writeFile(local('one.bin'), file)
    const scp = (from: string, to: string) =>
      run('/usr/bin/scp', ['-s', '-q', '-F', client.config, from, to], {
        env: client.env,
        timeoutMs: 30_000,
      })

    expect(await scp(local('one.bin'), `${APP}@vastrox:two.bin`)).toMatchObject({ exitCode: 0 })
    expect(await scp(`${APP}@vastrox:two.bin`, local('three.bin'))).toMatchObject({ exitCode: 0 })
    expect(HASH(await readFile(local('three.bin')))).toBe(HASH(file))
  })

  it('lftp mirrors a folder, and only what has changed the second time', async () => {
    await mkdir(local('mirror/sub dir'), { recursive: true })
    for (let at = 0; at < 30; at++) await writeFile(local(`mirror/sub dir/${at}`), `v1 ${at}`)
    const mirror = async () => {
      const connect = `ssh -a -x -F ${client.config}`
      const script = [
        `set sftp:connect-program "${connect}"`,
        'set net:max-retries 1',
        `open -u ${APP}, sftp://vastrox`,
        `mirror -R --verbose=1 "${local('mirror')}" mirrored`,
        'bye',
      ].join('\n')
      await writeFile(local('script'), script)
      const result = await run('/usr/bin/lftp', ['--norc', '-f', local('script')], {
        env: client.env,
        timeoutMs: 40_000,
      })
      return { code: result.exitCode, text: `${result.stdout.toString()}${result.stderr}` }
    }

    const first = await mirror()
    expect(first.code, first.text).toBe(0)
    expect(await readFile(staged('mirrored/sub dir/29'), 'utf8')).toBe('v1 29')
    await writeFile(local('mirror/sub dir/7'), 'v2 with more')
    const second = await mirror()
    expect([second.code, second.text.match(/Transferring/g)?.length ?? 0]).toEqual([0, 1])
    expect(await readFile(staged('mirrored/sub dir/7'), 'utf8')).toBe('v2 with more')
  })

  /** As a program has it, by the upload password of the app. */
  function connect(password: string, username = APP): Promise<ssh2.Client> {
    const { promise, resolve, reject } = Promise.withResolvers<ssh2.Client>()
    const made = new ssh2.Client()
    made.on('ready', () => resolve(made))
    made.on('error', reject)
    made.connect({
      host: '127.0.0.1',
      port,
      username,
      password,
      hostVerifier: (key: Buffer) => key.toString('base64') === hostKey.split(' ')[1],
    })
    return promise
  }
  const sftpOf = (of: ssh2.Client): Promise<ssh2.SFTPWrapper> => {
    const { promise, resolve, reject } = Promise.withResolvers<ssh2.SFTPWrapper>()
    of.sftp((error, opened) => (error ? reject(error) : resolve(opened)))
    return promise
  }
  const call = <T>(work: (done: (error: Error | null | undefined, value: T) => void) => void) => {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    work((error, value) => (error ? reject(error) : resolve(value)))
    return promise
  }

  it('come in by the upload password of the app, and by it to nothing else', async () => {
    await expect(connect('wrong')).rejects.toThrow('authentication')
    await expect(connect('right', 'vastrox')).rejects.toThrow('authentication')
    await expect(connect('right', 'git')).rejects.toThrow('authentication')
    await server.clock.pass(3_600_000)

    const made = await connect('right')
    const opened = await sftpOf(made)
    const bytes = randomBytes(3_000_000)
    await writeFile(local('fast.bin'), bytes)
    await call<void>((done) =>
      opened.fastPut(local('fast.bin'), '/fast.bin', (error) => done(error, undefined)),
    )
    await call<void>((done) =>
      opened.fastGet('/fast.bin', local('fast.back'), (error) => done(error, undefined)),
    )
    expect(HASH(await readFile(local('fast.back')))).toBe(HASH(bytes))
    const names = await call<ssh2.FileEntry[]>((done) =>
      opened.readdir('/', (error, list) => done(error, list)),
    )
    expect(names.map(({ filename }) => filename)).toContain('fast.bin')
    made.end()
  })

  it('of ssh2-sftp-client put, get, list, append, move and remove, folders as well', async () => {
    const sftpClient = new SftpClient()
    await sftpClient.connect({
      host: '127.0.0.1',
      port,
      username: APP,
      password: 'right',
      hostVerifier: (key: Buffer) => key.toString('base64') === hostKey.split(' ')[1],
    })
    const bytes = randomBytes(2_000_000)
    await mkdir(local('folder/in it'), { recursive: true })
    await writeFile(local('folder/in it/ä [1].bin'), bytes)

    await sftpClient.mkdir('/by-client/deep/er', true)
    await sftpClient.put(bytes, '/by-client/put.bin')
    await sftpClient.append(Buffer.from('and more'), '/by-client/put.bin')
    await sftpClient.uploadDir(local('folder'), '/by-client/folder')
    await sftpClient.rename('/by-client/put.bin', '/by-client/deep/er/moved.bin')
    const back = await sftpClient.get('/by-client/deep/er/moved.bin')
    const list = await sftpClient.list('/by-client/folder/in it')
    await sftpClient.rmdir('/by-client/deep', true)

    expect(back).toEqual(Buffer.concat([bytes, Buffer.from('and more')]))
    expect(list.map(({ name, size, type }) => ({ name, size, type }))).toEqual([
      { name: 'ä [1].bin', size: bytes.length, type: '-' },
    ])
    expect(await sftpClient.exists('/by-client/deep')).toBe(false)
    expect(HASH(await readFile(staged('by-client/folder/in it/ä [1].bin')))).toBe(HASH(bytes))
    await sftpClient.end()
  })

  it('read what they have just written, and write to the end where they append', async () => {
    const made = await connect('right')
    const opened = await sftpOf(made)
    const handle = await call<Buffer>((done) => opened.open('/mixed', 'w+', done))
    const parts = Array.from({ length: 40 }, (_, at) => Buffer.alloc(30_000, at))
    const writes = parts.map((part, at) =>
      call<void>((done) =>
        opened.write(handle, part, 0, part.length, at * 30_000, (error) => done(error, undefined)),
      ),
    )
    const back = Buffer.alloc(30_000)
    const got = call<number>((done) =>
      opened.read(handle, back, 0, 30_000, 39 * 30_000, (error, bytes) => done(error, bytes)),
    )
    await Promise.all(writes)
    expect([await got, back[0], back[29_999]]).toEqual([30_000, 39, 39])
    const past = call<number>((done) =>
      opened.read(handle, back, 0, 10, 9_000_000, (error, bytes) => done(error, bytes)),
    )
    expect(await past).toBe(0)
    await call<void>((done) => opened.close(handle, (error) => done(error, undefined)))
    await expect(
      call<void>((done) => opened.close(handle, (error) => done(error, undefined))),
    ).rejects.toThrow('not open')

    const appending = await call<Buffer>((done) => opened.open('/appended', 'a', done))
    const texts = Array.from({ length: 20 }, (_, at) => Buffer.from(`line ${at}\n`))
    await Promise.all(
      texts.map((text) =>
        call<void>((done) =>
          opened.write(appending, text, 0, text.length, 0, (error) => done(error, undefined)),
        ),
      ),
    )
    await call<void>((done) => opened.close(appending, (error) => done(error, undefined)))
    expect(await readFile(staged('appended'), 'utf8')).toBe(Buffer.concat(texts).toString())
    made.end()
  })

  it('may have 64 files open, and no more', async () => {
    const made = await connect('right')
    const opened = await sftpOf(made)
    for (let at = 0; at < 64; at++) await call<Buffer>((done) => opened.open('/mixed', 'r', done))

    await expect(call<Buffer>((done) => opened.open('/mixed', 'r', done))).rejects.toThrow(
      'At most 64',
    )
    made.end()
  })

  it('are hung up on when the app is gone or its password is replaced', async () => {
    const made = await connect('right')
    const opened = await sftpOf(made)
    const over = new Promise((resolve) => opened.on('close', resolve))

    closing.abort()

    await over
    await until('the end of the upload session', () => ended === 1)
    expect(ended).toBe(1)
    made.end()
  })

  it('that vanish leave what they have sent', async () => {
    const made = await connect('right')
    const opened = await sftpOf(made)
    const handle = await call<Buffer>((done) => opened.open('/half', 'w', done))
    const part = randomBytes(200_000)
    await call<void>((done) =>
      opened.write(handle, part, 0, part.length, 0, (error) => done(error, undefined)),
    )

    made.destroy()

    await until('the end of the upload session', () => ended === 1)
    expect(HASH(await readFile(staged('half')))).toBe(HASH(part))
  })

  it('that speak no SFTP are told so', async () => {
    const made = await connect('right')
    const channel = await call<ssh2.ClientChannel>((done) => made.subsys('sftp', done))
    let said = ''
    channel.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString()
    })
    const code = new Promise((resolve) => channel.on('exit', resolve))
    channel.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1]))

    expect(await code).toBe(1)
    expect(said).toContain('That is not SFTP as Vastrox knows it.')
    made.end()
    expect(server.problems).toEqual([])
  })
})
