import { buffer } from 'node:stream/consumers'
import { existsSync } from 'node:fs'
import { readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { extract } from 'tar-stream'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GitRemote } from '#ports/external-git.ts'
import { INJECTIONS } from '#test/injections.ts'
import { type RemoteHost, startExternalGit, startRemoteHost } from '#test/git/remote-host.ts'
import { newSshKey } from '#adapters/system/guarded-ssh.ts'

let host: RemoteHost
let ours: Awaited<ReturnType<typeof startExternalGit>>
let apps = 0

beforeAll(async () => {
  host = await startRemoteHost()
  ours = await startExternalGit(host)
})
afterAll(async () => {
  await ours.close()
  await host.close()
})
beforeEach(() => {
  host.protect(undefined)
  host.redirect(undefined)
})

const coded = (code: string) => expect.objectContaining({ code })
const remoteTo = (url: string, more: Partial<GitRemote> = {}): GitRemote => ({
  appId: `app${String((apps += 1)).padStart(12, '0')}`,
  url,
  credentials: { kind: 'open' },
  hostKey: null,
  ...more,
})
const MAIN = ['refs/heads/main']

async function filesOf(appId: string, sha: string): Promise<Record<string, string>> {
  const files = new Map<string, string>()
  const entries = extract()
  ;(await ours.git.archive(appId, sha)).pipe(entries)
  for await (const entry of entries) {
    const text = (await buffer(Readable.from(entry))).toString()
    if (entry.header.type === 'file') files.set(entry.header.name, text)
  }
  return Object.fromEntries(files)
}

async function take(remote: GitRemote, submodules = false) {
  const { refs, hostKey } = await ours.git.list(remote, MAIN)
  const [main] = refs
  if (!main) throw new Error('there is no main')
  return { ...(await ours.git.fetch(remote, main, { submodules })), hostKey }
}

describe('a repository over HTTPS', () => {
  it('gives its branch, its commit and its files', async () => {
    const repository = await host.repository('hello')
    const sha = await repository.commit('first line\n\nand more', { 'a.txt': 'a', 'b/c.txt': 'c' })
    await repository.push('main')
    const remote = remoteTo(host.url('hello'))

    const fetched = await take(remote)

    expect(fetched).toMatchObject({
      commit: { sha, branch: 'main', subject: 'first line', author: 'Anna' },
      message: expect.stringContaining('and more'),
      unsafeLinks: [],
      hostKey: null,
    })
    expect(await filesOf(remote.appId, sha)).toEqual({ 'a.txt': 'a', 'b/c.txt': 'c' })
  })

  it('follows a branch that was forced to another history, and says what that touches', async () => {
    const repository = await host.repository('forced')
    await repository.commit('one', { 'web/a': '1', 'docs/b': '1' })
    await repository.push('main')
    const remote = remoteTo(host.url('forced'))
    const { commit: before } = await take(remote)
    await repository.git('commit', '--quiet', '--amend', '-m', 'other')
    await repository.commit('docs', { 'docs/b': '2' })
    await repository.push('main')

    const { commit: after } = await take(remote)

    expect(after.subject).toBe('docs')
    const touches = (patterns: string[]) =>
      ours.git.touches(remote.appId, before.sha, after.sha, patterns)
    expect(await touches(['web/**'])).toBe(false)
    expect(await touches(['web', 'docs'])).toBe(true)
    expect(await ours.git.touches(remote.appId, 'f'.repeat(40), after.sha, ['web'])).toBe(true)
  })

  it('is let in by a token that is in no address and no argument, and only told to its own host', async () => {
    const repository = await host.repository('private')
    await repository.commit('one', { a: '1' })
    await repository.push('main')
    host.protect('x-access-token:s3cret-token')
    const url = host.url('private')

    await expect(ours.git.list(remoteTo(url), MAIN)).rejects.toThrow(coded('REPOSITORY_REFUSED'))
    await expect(
      ours.git.list(
        remoteTo(url, { credentials: { kind: 'token', username: 'x', token: 'wrong' } }),
        MAIN,
      ),
    ).rejects.toThrow(coded('REPOSITORY_REFUSED'))
    const credentials = {
      kind: 'token',
      username: 'x-access-token',
      token: 's3cret-token',
    } as const
    const { refs } = await ours.git.list(remoteTo(url, { credentials }), MAIN)

    expect(refs).toHaveLength(1)
    expect(host.asked.some(({ url: asked }) => asked.includes('s3cret'))).toBe(false)
  })

  it('is not followed to where it redirects', async () => {
    host.redirect('https://127.0.0.1:1/other.git/info/refs')
    await expect(ours.git.list(remoteTo(host.url('hello')), MAIN)).rejects.toThrow(
      expect.objectContaining({ code: 'HOST_UNREACHABLE' }),
    )
  })

  it('is reached at the address that was judged, whatever its name says a moment later', async () => {
    let lookups = 0
    const rebound = await startExternalGit(host, {
      lookupAll: async () => {
        lookups += 1
        return ['127.0.0.1']
      },
    })
    const url = `https://rebound.invalid:${host.httpsPort}/hello.git`
    // Reached (the name is not in the certificate), though no resolver knows it.
    await expect(rebound.git.list(remoteTo(url), MAIN)).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      details: { reason: expect.stringMatching(/certificate|SSL|TLS/i) },
    })
    expect(lookups).toBe(1)
    await rebound.close()
  })

  it('is refused at an address that is not public, unless the operator has allowed it', async () => {
    const strict = await startExternalGit(host, { allowed: [] })
    await expect(strict.git.list(remoteTo(host.url('hello')), MAIN)).rejects.toThrow(
      coded('ADDRESS_REFUSED'),
    )
    await strict.close()
  })

  it('is cut off where it sends more than is allowed', async () => {
    const repository = await host.repository('huge')
    const noise = Array.from({ length: 60_000 }, () => Math.random().toString(36)).join('')
    await repository.commit('big', { big: noise })
    await repository.push('main')
    const small = await startExternalGit(host, { maxBytes: 100_000 })
    const remote = remoteTo(host.url('huge'))
    const { refs } = await small.git.list(remote, MAIN)
    const [main] = refs

    const fetching = small.git.fetch(remote, main ?? { ref: '', sha: '' }, { submodules: false })

    await expect(fetching).rejects.toThrow(coded('SOURCE_TOO_LARGE'))
    expect(await readdir(small.repositories)).toEqual([])
    await small.close()
  })

  it('shows links that lead out, submodules that are left out, and pointers to Git LFS', async () => {
    const repository = await host.repository('odd')
    await symlink('../../etc/passwd', join(repository.work, 'out'))
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`
    await repository.commit('odd', { '.gitattributes': '*.bin filter=lfs\n', 'data.bin': pointer })
    await repository.push('main')

    expect(await take(remoteTo(host.url('odd')))).toMatchObject({
      unsafeLinks: [{ path: 'out', target: '../../etc/passwd' }],
      lfs: { files: 0, bytes: 0, missing: ['data.bin'] },
    })
  })

  it('with hostile names of files and a hostile message is what it is, and nothing of it runs', async () => {
    const repository = await host.repository('hostile')
    // A name has neither slash nor NUL; what git itself calls its own is refused by fsck.
    const names = INJECTIONS.filter((text) => !text.startsWith('.git')).map((text) =>
      text.replaceAll('/', '|').replaceAll('\0', '|'),
    )
    expect(names).toHaveLength(58)
    const message = INJECTIONS.map((text) => text.replaceAll('\0', '')).join('\n')
    const files = Object.fromEntries(names.map((name) => [name, name]))
    const sha = await repository.commit(message, files)
    await repository.push('main')
    const remote = remoteTo(host.url('hostile'))

    const fetched = await take(remote)

    expect(await filesOf(remote.appId, sha)).toEqual(files)
    expect(fetched.message.trimEnd()).toBe(message.trimEnd())
    expect(fetched.commit.subject).toContain('; touch /tmp/vastrox-owned | touch')
    expect(fetched.commit.subject).not.toMatch(/\p{C}/u)
    expect(existsSync('/tmp/vastrox-owned')).toBe(false)
  })

  it('brings its submodules, each by an address that is judged for itself', async () => {
    const inner = await host.repository('inner')
    await inner.commit('inner', { 'deep.txt': 'deep' })
    await inner.push('main')
    const outer = await host.repository('outer')
    await outer.commit('outer', { 'top.txt': 'top' })
    await outer.git('submodule', 'add', '--quiet', inner.bare, 'lib/inner')
    await outer.git('config', '-f', '.gitmodules', 'submodule.lib/inner.url', '../inner.git')
    const sha = await outer.commit('with it', {})
    await outer.push('main')
    const remote = remoteTo(host.url('outer'))

    expect((await take(remote)).leftOut).toEqual(['lib/inner'])
    expect((await take(remote, true)).leftOut).toEqual([])
    expect(await filesOf(remote.appId, sha)).toMatchObject({
      'top.txt': 'top',
      'lib/inner/deep.txt': 'deep',
    })

    for (const bad of [
      'ext::sh -c touch% /tmp/vastrox-owned',
      '-u=x',
      'file:///etc',
      'https://169.254.169.254/x',
    ]) {
      await outer.git('config', '-f', '.gitmodules', 'submodule.lib/inner.url', bad)
      await outer.commit('bad', {})
      await outer.push('main')
      await expect(take(remote, true), bad).rejects.toThrow(
        expect.objectContaining({
          code: expect.stringMatching(
            /REPOSITORY_URL_INVALID|ADDRESS_REFUSED|HOST_UNREACHABLE|HOST_NOT/,
          ),
        }),
      )
    }
  })
})

describe('a repository over SSH', () => {
  it('is let in by its deploy key, and its host proves itself with the key of the first time', async () => {
    const repository = await host.repository('by-ssh')
    const sha = await repository.commit('over ssh', { 'a.txt': 'x'.repeat(300_000) })
    await repository.push('main')
    const { publicKey, privateKey } = await newSshKey('vastrox-test')
    const remote = remoteTo(host.sshUrl('by-ssh'), { credentials: { kind: 'key', privateKey } })

    await expect(ours.git.list(remote, MAIN)).rejects.toThrow(coded('REPOSITORY_REFUSED'))
    host.keys.add(publicKey.split(' ').slice(0, 2).join(' '))
    const { commit, hostKey } = await take(remote)

    expect(commit.sha).toBe(sha)
    expect(hostKey).toMatch(/^ssh-ed25519 /)
    expect(Object.keys(await filesOf(remote.appId, sha))).toEqual(['a.txt'])
    expect(host.commands).toContain("git-upload-pack '/by-ssh.git'")

    await host.changeHostKey()
    await expect(ours.git.list({ ...remote, hostKey }, MAIN)).rejects.toThrow(
      coded('HOST_KEY_CHANGED'),
    )
    await expect(ours.git.list(remote, MAIN)).resolves.toMatchObject({ refs: [{ sha }] })
  })

  it('says so where nobody answers', async () => {
    await expect(
      ours.git.list(
        remoteTo('ssh://git@localhost:1025/x.git', { credentials: { kind: 'open' } }),
        MAIN,
      ),
    ).rejects.toThrow(coded('HOST_UNREACHABLE'))
  })
})

describe('Git LFS', () => {
  const big = Buffer.alloc(2_000_000, 'lfs and no pointer ')
  const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n'

  async function withLfs(name: string, files: Record<string, string>): Promise<GitRemote> {
    const repository = await host.repository(name)
    await repository.commit('with lfs', { '.gitattributes': attributes, 'a.txt': 'a', ...files })
    await repository.push('main')
    return remoteTo(host.url(name))
  }
  const reset = (): void => {
    host.lfs.switchOff(false)
    host.lfs.sendTo(undefined)
    host.lfs.demand(undefined)
    host.lfs.asked.length = 0
  }
  beforeEach(reset)

  it('is fetched, checked, and part of the source in place of the pointers', async () => {
    const pointer = host.lfs.put(big)
    const remote = await withLfs('lfs', { 'data/ü [1].bin': pointer, 'same.bin': pointer })

    const fetched = await take(remote)

    expect(fetched.lfs).toEqual({ files: 2, bytes: 4_000_000, missing: [] })
    const files = await filesOf(remote.appId, fetched.commit.sha)
    expect(files['data/ü [1].bin']).toBe(big.toString())
    expect(files['same.bin']).toBe(big.toString())
    expect(files['a.txt']).toBe('a')
    // Once, although two paths lead to it; and what is here already is not asked for again.
    expect(host.lfs.asked.filter(({ path }) => path.startsWith('/lfs-media/'))).toHaveLength(1)
    await take(remote)
    expect(host.lfs.asked.filter(({ path }) => path.startsWith('/lfs-media/'))).toHaveLength(1)
  })

  it('is let in by the token of the repository, which no other host is told', async () => {
    const remote = await withLfs('lfs-token', {
      'x.bin': host.lfs.put(Buffer.from('secret'.repeat(40))),
    })
    const password = `Basic ${Buffer.from('git:token').toString('base64')}`
    host.protect('git:token')
    host.lfs.demand(password)
    const credentials = { kind: 'token', username: 'git', token: 'token' } as const

    const fetched = await take({ ...remote, credentials })

    expect(fetched.lfs.files).toBe(1)
    expect(host.lfs.asked).toEqual([
      { path: '/lfs-token.git/info/lfs/objects/batch', authorization: password },
      { path: expect.stringMatching(/^\/lfs-media\//), authorization: undefined },
    ])
  })

  it('is found over SSH by asking the host, with what that gives', async () => {
    await withLfs('lfs-ssh', { 'x.bin': host.lfs.put(Buffer.from('over ssh'.repeat(40))) })
    host.lfs.demand('RemoteAuth abc')
    const key = await newSshKey('test')
    host.keys.add(key.publicKey.split(' ').slice(0, 2).join(' '))
    const remote = remoteTo(host.sshUrl('lfs-ssh'), {
      credentials: { kind: 'key', privateKey: key.privateKey },
    })

    const fetched = await take(remote)

    expect(fetched.lfs.files).toBe(1)
    expect(host.commands).toContain("git-lfs-authenticate '/lfs-ssh.git' download")
  })

  it('of a host that has none, or not that content, leaves pointers and says so', async () => {
    const pointer = host.lfs.put(Buffer.from('here'.repeat(60)))
    const lost = `version https://git-lfs.github.com/spec/v1\noid sha256:${'b'.repeat(64)}\nsize 12345\n`
    const remote = await withLfs('lfs-lost', { 'here.bin': pointer, 'lost.bin': lost })
    const fetched = await take(remote)
    expect(fetched.lfs).toMatchObject({ files: 1, missing: ['lost.bin'] })
    const files = await filesOf(remote.appId, fetched.commit.sha)
    expect(files['lost.bin']).toBe(lost)

    host.lfs.switchOff(true)
    const other = await withLfs('lfs-off', {
      'off.bin': host.lfs.put(Buffer.from('off'.repeat(80))),
    })
    expect((await take(other)).lfs).toEqual({ files: 0, bytes: 0, missing: ['off.bin'] })
  })

  it.each([
    ['is another one', Buffer.from('evil'.repeat(60)), /what came is not what its pointer says/],
    ['is longer', Buffer.alloc(500, 'x'), /more came than its pointer says/],
    ['breaks off', Buffer.alloc(100, 'x'), /what came is not what its pointer says/],
  ])('whose content %s is refused, and nothing of it stays', async (what, kept, reason) => {
    const content = Buffer.from('good'.repeat(60))
    const name = `lfs-${what.split(' ').join('-')}`
    const remote = await withLfs(name, { 'x.bin': host.lfs.put(content, kept) })

    await expect(take(remote)).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      details: { reason: expect.stringMatching(reason) },
    })
    const folder = join(ours.repositories, `${remote.appId}.git`, 'vastrox-lfs')
    expect(await readdir(folder)).toEqual([])
  })

  it('leads to no private address, no other protocol and no redirect', async () => {
    const guarded = await startExternalGit(host, { allowed: ['127.0.0.0/8'] })
    const content = Buffer.from('good'.repeat(60))
    const remote = await withLfs('lfs-guard', { 'x.bin': host.lfs.put(content) })
    for (const [href, code] of [
      ['https://169.254.169.254/latest/meta-data', 'ADDRESS_REFUSED'],
      ['https://10.0.0.1/x', 'ADDRESS_REFUSED'],
      [`http://localhost:${host.httpsPort}/lfs-media/x`, 'ADDRESS_REFUSED'],
      ['file:///etc/passwd', 'ADDRESS_REFUSED'],
      ['https://user:pw@localhost/x', 'ADDRESS_REFUSED'],
      ['nonsense', 'ADDRESS_REFUSED'],
    ] as const) {
      host.lfs.sendTo(() => href)
      const { refs } = await guarded.git.list(remote, MAIN)
      const [main] = refs
      if (!main) throw new Error('there is no main')
      await expect(guarded.git.fetch(remote, main, { submodules: false }), href).rejects.toEqual(
        coded(code),
      )
    }
    await guarded.close()
  })

  it('of more than a commit may have is refused before anything is fetched', async () => {
    const huge = `version https://git-lfs.github.com/spec/v1\noid sha256:${'c'.repeat(64)}\nsize ${600 * 2 ** 20}\n`
    const remote = await withLfs('lfs-huge', { 'x.bin': huge })
    await expect(take(remote)).rejects.toEqual(coded('SOURCE_TOO_LARGE'))
    expect(host.lfs.asked).toEqual([])
  })
})
