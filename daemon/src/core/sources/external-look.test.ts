import { CodedError } from '@vastrox/shared/errors.ts'
import { ConnectExternal } from '@vastrox/shared/external-source.ts'
import { ConnectRemote } from '@vastrox/shared/remote-source.ts'
import { describe, expect, it } from 'vitest'
import { createHarness, createWorld, type Harness } from '#test/harness.ts'
import { chooseRef, compareVersions } from './external-follow.ts'

const MINUTE_MS = 60_000

async function connected(
  wish: Partial<ConnectExternal> = {},
  harness: Harness = createHarness(),
): Promise<Harness> {
  harness.addApp()
  await harness.start()
  harness.sources.start()
  harness.externalGit.commit('first')
  await harness.sources.external.connect(harness.actor, 'hello', {
    ...ConnectExternal.parse({ url: 'https://git.example/a.git', access: 'open' }),
    ...wish,
  })
  await harness.clock.pass(2 * MINUTE_MS)
  return harness
}

const fetchNow = (harness: Harness) =>
  harness.clock.until(harness.sources.external.fetch(harness.actor, 'hello'))
const deployments = (harness: Harness) =>
  harness.deployments.list(harness.actor, 'hello', { cursor: undefined, limit: 50 }).items
const source = (harness: Harness) => harness.sources.external.get(harness.actor, 'hello')

describe('an app that is made of a repository elsewhere', () => {
  it('is asked although a folder of another app never comes to an end', async () => {
    const harness = await connected()
    harness.remoteFiles.pull = (_folder, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
    harness.addApp('folder')
    const wish = { host: 'files.example', username: 'me', folder: '/site', access: 'key' }
    await harness.sources.remote.connect(
      harness.actor,
      'folder',
      ConnectRemote.parse({ ...wish, pullEveryMs: MINUTE_MS }),
    )
    await harness.clock.pass(3 * MINUTE_MS)
    harness.externalGit.commit('second')
    await harness.clock.pass(8 * MINUTE_MS)

    expect(deployments(harness)[0]).toMatchObject({ commit: { subject: 'second' } })
    await harness.sources.stop()
  })

  it('is deployed when it is connected, as a push of that commit', async () => {
    const harness = await connected()

    expect(deployments(harness)).toMatchObject([
      {
        number: 1,
        trigger: 'push',
        commit: { subject: 'first', branch: 'main', author: 'anna' },
        reason: null,
      },
    ])
    expect(harness.app().liveReleaseId).not.toBeNull()
    expect(source(harness)).toMatchObject({ problem: null, commit: { subject: 'first' } })
  })

  it('is deployed again for what is new, and never twice for the same', async () => {
    const harness = await connected()

    expect(await fetchNow(harness)).toMatchObject({ outcome: 'nothing' })
    harness.externalGit.commit('second')
    expect(await fetchNow(harness)).toMatchObject({ outcome: 'deployed', deployment: 2 })
    expect(await fetchNow(harness)).toMatchObject({
      outcome: 'nothing',
      reason: expect.stringContaining('taken up already'),
    })

    await harness.clock.pass(2 * MINUTE_MS)
    expect(deployments(harness)).toHaveLength(2)
  })

  it('is deployed by polling where no webhook came, and not while nothing is new', async () => {
    const harness = await connected()
    harness.externalGit.commit('lost webhook')

    await harness.clock.pass(7 * MINUTE_MS)
    expect(deployments(harness)[0]?.commit?.subject).toBe('lost webhook')

    await harness.clock.pass(30 * MINUTE_MS)
    expect(deployments(harness)).toHaveLength(2)
  })

  it('is asked less and less often while its host fails, and says why', async () => {
    const harness = await connected()
    harness.externalGit.fail(new CodedError('HOST_UNREACHABLE', { reason: 'git.example sleeps.' }))
    const before = harness.externalGit.calls.length

    await harness.clock.pass(60 * MINUTE_MS)
    const asked = harness.externalGit.calls.length - before
    expect(asked).toBeGreaterThan(1)
    expect(asked).toBeLessThan(6)
    expect(source(harness)?.problem).toBe('git.example sleeps.')

    harness.externalGit.fail(undefined)
    harness.externalGit.commit('again')
    expect(await fetchNow(harness)).toMatchObject({ outcome: 'deployed' })
    expect(source(harness)?.problem).toBeNull()
  })

  it('leaves alone what touches none of the watched paths, and says so', async () => {
    const harness = await connected({ watchPaths: ['api/**'] })
    harness.externalGit.commit('docs', { files: { 'server.js': 'first', 'docs/a': '1' } })

    expect(await fetchNow(harness)).toMatchObject({
      outcome: 'nothing',
      reason: expect.stringContaining('changes nothing in api/**'),
    })
    harness.externalGit.commit('api', {
      files: { 'server.js': 'first', 'docs/a': '1', 'api/x': '1' },
    })
    expect(await fetchNow(harness)).toMatchObject({ outcome: 'deployed' })
  })

  it('leaves alone what its message says to skip, wherever it says so', async () => {
    const harness = await connected()
    for (const words of ['[skip deploy]', '[Skip CI]', '[ci skip]', '[no deploy]']) {
      harness.externalGit.commit(`subject\n\nbody ${words}`)
      expect(await fetchNow(harness), words).toMatchObject({
        outcome: 'nothing',
        reason: expect.stringContaining(words.toLowerCase()),
      })
    }
    harness.externalGit.commit('skip deploy is a matter of brackets')
    expect(await fetchNow(harness)).toMatchObject({ outcome: 'deployed' })
  })

  it('takes the highest tag that matches, by version and not by date', async () => {
    const harness = createHarness()
    harness.externalGit.commit('ten', { ref: 'refs/tags/v1.10.0' })
    harness.externalGit.commit('nine', { ref: 'refs/tags/v1.9.9' })
    harness.externalGit.commit('other', { ref: 'refs/tags/w9' })
    await connected({ follow: { kind: 'tag', pattern: 'v*' } }, harness)
    expect(deployments(harness)[0]?.commit).toMatchObject({ subject: 'ten', branch: 'v1.10.0' })

    harness.externalGit.commit('rc', { ref: 'refs/tags/v2.0.0-rc.1' })
    harness.externalGit.commit('two', { ref: 'refs/tags/v2.0.0' })
    await fetchNow(harness)
    expect(deployments(harness)[0]?.commit?.branch).toBe('v2.0.0')
  })

  it('says which branch is not there', async () => {
    const harness = await connected({ follow: { kind: 'branch', name: 'nope' } })
    expect(await fetchNow(harness)).toMatchObject({
      outcome: 'failed',
      reason: 'The repository does not have the branch nope.',
    })
    expect(deployments(harness)).toEqual([])
  })

  it('deploys what is there after a look that was on its way while it was pushed', async () => {
    const harness = await connected()
    const { promise, resolve } = Promise.withResolvers<void>()
    harness.externalGit.hold(promise)
    const first = harness.sources.external.fetch(harness.actor, 'hello')
    const others = Array.from({ length: 100 }, (_, at) => {
      harness.externalGit.commit(`push ${at}`)
      return harness.sources.external.fetch(harness.actor, 'hello')
    })
    resolve()

    const outcomes = await harness.clock.until(Promise.all([first, ...others]))
    await harness.clock.pass(5 * MINUTE_MS)

    expect(harness.externalGit.calls.filter((call) => call === 'list').length).toBeLessThan(5)
    expect(new Set(outcomes.map(({ deployment }) => deployment)).size).toBeLessThan(3)
    expect(deployments(harness)[0]?.commit?.subject).toBe('push 99')
    expect(harness.app().liveReleaseId).not.toBeNull()
  })

  it('fetches again what could not be kept', async () => {
    const world = createWorld()
    const harness = await connected({}, createHarness(world))
    expect(harness.sourceArchive.tars.size).toBe(1)
    harness.externalGit.commit('second')
    const working = { ...world.sourceArchive }
    world.sourceArchive.put = async () => {
      throw new Error('the disk is gone')
    }
    expect(await fetchNow(harness)).toMatchObject({ outcome: 'failed' })
    expect(source(harness)?.commit?.subject).toBe('first')
    world.sourceArchive.put = (id, tar) => working.put(id, tar)
    expect(await fetchNow(harness)).toMatchObject({ outcome: 'deployed' })
    expect(harness.problems).toEqual(['looking at the source of hello: the disk is gone'])
  })

  it('keeps the token sealed, and shows it nowhere', async () => {
    const harness = await connected({ access: 'token', token: 'glpat-very-secret' })

    expect(JSON.stringify(source(harness))).not.toContain('very-secret')
    const rows = harness.db.prepare('SELECT * FROM external_sources').all()
    expect(JSON.stringify(rows)).not.toContain('very-secret')
    expect(harness.externalGit.remotes.at(-1)?.credentials).toEqual({
      kind: 'token',
      username: 'git',
      token: 'glpat-very-secret',
    })
  })

  it('gets a deploy key of its own for an SSH address, and keeps it', async () => {
    const harness = createHarness()
    harness.addApp()
    const wish = ConnectExternal.parse({ url: 'git@github.com:a/b.git', access: 'deploy-key' })
    const { external } = harness.sources
    const first = await external.connect(harness.actor, 'hello', wish)
    const second = await external.connect(harness.actor, 'hello', wish)
    const other = await external.renewDeployKey(harness.actor, 'hello')

    expect(first.source).toMatchObject({
      publicKey: expect.stringMatching(/^ssh-ed25519 \S+ vastrox-hello$/),
      hostKind: 'github',
    })
    expect(first.webhookSecret).toMatch(/^[0-9a-f]{64}$/)
    expect(second).toMatchObject({
      webhookSecret: null,
      source: { publicKey: first.source.publicKey },
    })
    expect(other.publicKey).not.toBe(first.source.publicKey)
    expect(() =>
      external.renewWebhookSecret({ ...harness.actor, teamId: 'other' }, 'hello'),
    ).toThrow(expect.objectContaining({ code: 'APP_NOT_FOUND' }))
  })

  it('fetches nothing more once it is disconnected', async () => {
    const harness = await connected()
    await harness.sources.external.disconnect(harness.actor, 'hello')
    const asked = harness.externalGit.calls.length
    await harness.clock.pass(30 * MINUTE_MS)

    expect(source(harness)).toBeNull()
    expect(harness.externalGit.calls.slice(asked)).toEqual([])
    expect(harness.externalGit.calls.at(-1)).toMatch(/^forget /)
  })
})

describe('versions', () => {
  it('are put in order as people mean them', () => {
    const order = ['v1.0.0-alpha', 'v1.0.0-rc.2', 'v1.0.0-rc.10', 'v1.0.0', 'v1.2', 'v1.10']
    expect(order.toReversed().toSorted(compareVersions)).toEqual(order)
    expect(chooseRef({ kind: 'tag', pattern: '*' }, [])).toBeUndefined()
  })

  it('may be told by any pattern, and any name, in no time', () => {
    const chosen = (pattern: string, ...names: string[]) =>
      chooseRef(
        { kind: 'tag', pattern },
        names.map((name) => ({ ref: `refs/tags/${name}`, sha: 'a'.repeat(40) })),
      )?.ref.slice('refs/tags/'.length)
    expect(chosen('v*', 'w3', 'v1', 'v2', 'v')).toBe('v2')
    expect(chosen('v?.*', 'v10.1', 'v1.1')).toBe('v1.1')
    expect(chosen('*-rc*', 'v2', 'v1-rc1')).toBe('v1-rc1')
    expect(chosen('v*', 'v1/x')).toBeUndefined()
    expect(chosen('*/v*', 'v1/x', 'api/v1', 'a/b/v2')).toBe('api/v1')
    expect(chosen('v1.0', 'v100', 'v1.0')).toBe('v1.0')
    expect(chosen('*', 'v'.repeat(300))).toBeUndefined()

    const begun = performance.now()
    const names = Array.from({ length: 2_000 }, (_, at) => `${'a'.repeat(200)}${at}`)
    expect(chosen('*a*a*a*b', ...names, 'a'.repeat(60_000))).toBeUndefined()
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})
