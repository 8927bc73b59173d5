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
      lfsPointers: ['data.bin'],
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
