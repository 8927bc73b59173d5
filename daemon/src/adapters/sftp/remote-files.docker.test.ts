import { buffer } from 'node:stream/consumers'
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile, chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { newSshKey } from '#adapters/system/guarded-ssh.ts'
import type { RemoteFolder } from '#ports/remote-files.ts'
import { type SftpHost, startSftpHost } from '#test/git/sftp-host.ts'
import { createRemoteFiles } from './remote-files.ts'

const coded = (code: string) => expect.objectContaining({ code })
const allowed = ['127.0.0.0/8', '::1/128']

let host: SftpHost
let dir: string
let theirs: string
let apps = 0
let remote: RemoteFolder

const filesWith = (limits = {}, networks = allowed) =>
  createRemoteFiles({
    folder: join(dir, 'copies'),
    addresses: createGuardedAddresses({ allowed: () => networks }),
    limits,
  })

beforeAll(async () => {
  host = await startSftpHost()
  dir = await mkdtemp(join(tmpdir(), 'vastrox-sftp-'))
})
afterAll(async () => {
  await host.close()
  await rm(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  apps += 1
  theirs = join(dir, `theirs${apps}`)
  await mkdir(join(theirs, 'web/deep'), { recursive: true })
  await writeFile(join(theirs, 'index.html'), '<h1>hello</h1>')
  await writeFile(join(theirs, 'web/deep/a [b] ü.txt'), 'deep')
  await writeFile(join(theirs, 'run.sh'), '#!/bin/sh\n')
  await chmod(join(theirs, 'run.sh'), 0o755)
  remote = {
    appId: `app${String(apps).padStart(12, '0')}`,
    host: 'localhost',
    port: host.port,
    username: 'me',
    folder: theirs,
    password: 'open sesame',
    hostKey: null,
    ignore: ['.git', 'node_modules'],
  }
})

async function copyOf(files = filesWith()) {
  const found: Record<string, string> = {}
  const entries = extract()
  Readable.from(await files.pack(remote.appId)).pipe(entries)
  for await (const entry of entries) {
    const text = (await buffer(Readable.from(entry))).toString()
    const { name, type, linkname, mode } = entry.header
    found[name] = type === 'symlink' ? `-> ${linkname}` : `${mode & 0o100 ? 'x ' : ''}${text}`
  }
  return found
}

describe("a folder on a server of the user's, by OpenSSH's own sftp-server", () => {
  it('is copied as it is: names, contents, what may be run', async () => {
    await mkdir(join(theirs, 'node_modules'))
    await writeFile(join(theirs, 'node_modules/x'), 'x')

    const pulled = await filesWith().pull(remote, { full: false })

    expect(pulled).toMatchObject({
      hostKey: expect.stringMatching(/^ssh-ed25519 /),
      summary: { files: 3, fetchedFiles: 3, removedFiles: 0, skipped: [] },
    })
    expect(await copyOf()).toEqual({
      'index.html': '<h1>hello</h1>',
      'web/deep/a [b] ü.txt': 'deep',
      'run.sh': 'x #!/bin/sh\n',
    })
  })

  it('is fetched again only where size or time differ, and what has gone goes', async () => {
    const files = filesWith()
    const first = await files.pull(remote, { full: false })
    const same = await files.pull(remote, { full: false })
    expect(same.digest).toBe(first.digest)
    expect(same.summary).toMatchObject({ fetchedFiles: 0, fetchedBytes: 0 })

    await writeFile(join(theirs, 'index.html'), '<h1>changed</h1>')
    await rm(join(theirs, 'run.sh'))
    await writeFile(join(theirs, 'new.txt'), 'new')
    const next = await files.pull(remote, { full: false })

    expect(next.summary).toMatchObject({ files: 3, fetchedFiles: 2, removedFiles: 1 })
    expect(next.digest).not.toBe(first.digest)
    expect(Object.keys(await copyOf()).toSorted()).toEqual([
      'index.html',
      'new.txt',
      'web/deep/a [b] ü.txt',
    ])
  })

  it('is compared file by file on demand, when neither size nor time tell', async () => {
    const files = filesWith()
    const when = new Date('2026-01-01T00:00:00Z')
    const path = join(theirs, 'index.html')
    await writeFile(path, 'aaaa')
    await utimes(path, when, when)
    await files.pull(remote, { full: false })
    await writeFile(path, 'bbbb')
    await utimes(path, when, when)

    expect((await files.pull(remote, { full: false })).summary.fetchedFiles).toBe(0)
    expect((await copyOf())['index.html']).toBe('aaaa')
    await files.pull(remote, { full: true })
    expect((await copyOf())['index.html']).toBe('bbbb')
  })

  it('keeps links that stay inside, and leaves out those that lead elsewhere', async () => {
    await symlink('deep', join(theirs, 'web/inside'))
    await symlink('../index.html', join(theirs, 'web/up'))
    await symlink('/etc/passwd', join(theirs, 'secrets'))
    await symlink('../../..', join(theirs, 'web/out'))
    await symlink('nowhere', join(theirs, 'dangling'))
    await symlink('loop', join(theirs, 'loop'))

    const { summary } = await filesWith().pull(remote, { full: false })

    const copy = await copyOf()
    expect(copy).toMatchObject({ 'web/inside': '-> deep', 'web/up': '-> ../index.html' })
    expect(Object.keys(copy)).not.toEqual(expect.arrayContaining(['secrets']))
    expect(summary.skipped.map((line) => line.replace(/:.*/, '')).toSorted()).toEqual([
      'dangling',
      'loop',
      'secrets',
      'web/out',
    ])
    expect(
      (await readdir(join(dir, 'copies', remote.appId))).every((name) =>
        /^([0-9a-f]{64}|manifest\.json)$/.test(name),
      ),
    ).toBe(true)
  })

  it('is let in by a key, and the server has to show the host key of the first time', async () => {
    const { publicKey, privateKey } = await newSshKey('x')
    const { password: _none, ...others } = remote
    const byKey = { ...others, privateKey }
    await expect(filesWith().pull(byKey, { full: false })).rejects.toThrow(
      coded('REPOSITORY_REFUSED'),
    )
    host.keys.add(publicKey.split(' ').slice(0, 2).join(' '))
    const { hostKey } = await filesWith().pull(byKey, { full: false })

    await host.changeHostKey()
    await expect(filesWith().pull({ ...byKey, hostKey }, { full: false })).rejects.toThrow(
      coded('HOST_KEY_CHANGED'),
    )
    await expect(filesWith().pull(byKey, { full: false })).resolves.toMatchObject({
      summary: { fetchedFiles: 0 },
    })
  })

  it('is refused where it is too much, not there, or in a network that is not allowed', async () => {
    const before = host.opened.length
    await expect(filesWith({}, []).pull(remote, { full: false })).rejects.toThrow(
      coded('ADDRESS_REFUSED'),
    )
    expect(host.opened).toHaveLength(before)
    await expect(filesWith({ files: 2 }).pull(remote, { full: false })).rejects.toThrow(
      coded('SOURCE_TOO_LARGE'),
    )
    await expect(filesWith({ bytes: 10 }).pull(remote, { full: false })).rejects.toThrow(
      coded('SOURCE_TOO_LARGE'),
    )
    for (const folder of [join(theirs, 'nope'), join(theirs, 'index.html')])
      await expect(filesWith().pull({ ...remote, folder }, { full: false })).rejects.toThrow(
        coded('REMOTE_FOLDER_REFUSED'),
      )
    await expect(
      filesWith().pull({ ...remote, password: 'wrong' }, { full: false }),
    ).rejects.toThrow(coded('REPOSITORY_REFUSED'))
  })

  it('with a thousand small files is pulled within seconds, and once more in less', async () => {
    for (let at = 0; at < 1_000; at += 1)
      await writeFile(join(theirs, 'web', `file${at}.txt`), `number ${at}`)
    const files = filesWith()
    const first = await files.pull(remote, { full: false })
    const startedAt = performance.now()
    const second = await files.pull(remote, { full: false })

    expect(first.summary.fetchedFiles).toBe(1_003)
    expect(second.summary.fetchedFiles).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
