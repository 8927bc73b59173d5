import { readdirSync, readlinkSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { CodedError } from '@vastrox/shared/errors.ts'
import { ROLE_PERMISSIONS } from '@vastrox/shared/permissions.ts'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'
import { tar } from '#test/odd-archives.ts'
import { put, read, WRITE } from '#test/staging-folder.ts'

const client = { protocol: 'sftp', address: '192.0.2.7' } as const
const coded = (code: string) => expect.objectContaining({ code })
/** Files are on a real disk: what is done there takes time that the clock of the test does not know. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 60))

/** What it puts on the disk goes with the test. */
function createHarness(): AppHarness {
  const harness = createAppHarness()
  onTestFinished(async () => {
    await harness.uploads.stop()
    rmSync(harness.uploadsFolder, { recursive: true, force: true })
  })
  return harness
}

async function live(): Promise<AppHarness> {
  const harness = createHarness()
  harness.addApp('hello')
  await harness.deploy('a1', { files: { 'server.js': 'one', 'page.html': 'page' } })
  return harness
}

const open = ({ uploads, actor }: AppHarness, by = actor) =>
  uploads.sessions.open(by, 'hello', client)

/** Lets time pass in steps, with the disk getting its turn in between. */
async function pass({ clock }: AppHarness, seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 2; step += 1) {
    await clock.pass(500)
    if (step % 4 === 3) await settled()
  }
}

const deployments = ({ deployments: service, actor }: AppHarness) =>
  service.list(actor, 'hello', { cursor: undefined, limit: 20 }).items

describe('uploads as releases', () => {
  it('show the live release, and change nothing that runs', async () => {
    const harness = await live()
    const { tree, end } = await open(harness)
    expect(await read(tree, '/server.js')).toBe('one')
    await put(tree, '/server.js', 'two')
    await end()
    expect(harness.app().liveReleaseId).not.toBeNull()
    expect(deployments(harness)).toHaveLength(1)
    const again = await open(harness)
    expect(await read(again.tree, '/server.js')).toBe('two')
    await again.end()
  })

  it('are published on a wish, by the same way as a push, and roll back', async () => {
    const harness = await live()
    const { tree, end } = await open(harness)
    await put(tree, '/server.js', 'two')
    await put(tree, '/new.txt', 'new')
    await tree.removeFile('/page.html')
    await end()
    expect(await harness.uploads.publishing.difference(harness.actor, 'hello')).toMatchObject({
      release: 1,
      added: 1,
      changed: 1,
      removed: 1,
    })

    const wish = { incomplete: false }
    const { number, trigger } = await harness.uploads.publishing.publish(
      harness.actor,
      'hello',
      wish,
    )
    expect(trigger).toBe('upload')
    const id = harness.deployments.get(harness.actor, 'hello', number).id
    expect(await harness.end(id)).toMatchObject({ reason: null, release: 2, actor: 'anna' })
    const [release] = harness.releases.list(harness.actor, 'hello')
    expect(release?.description).toBe('upload: 1 file added, 1 changed, 1 removed')
    expect(await harness.uploads.publishing.difference(harness.actor, 'hello')).toMatchObject({
      release: 2,
      added: 0,
      changed: 0,
      removed: 0,
    })
    await expect(harness.uploads.publishing.publish(harness.actor, 'hello', wish)).rejects.toEqual(
      coded('UPLOAD_UNCHANGED'),
    )

    const back = harness.deployments.rollBack(harness.actor, 'hello', 1, { with: 'code' })
    await harness.end(back.id)
    const after = await open(harness)
    expect(await read(after.tree, '/server.js')).toBe('one')
    await after.end()
  })

  it('follow a roll back right after, with nothing left that waits', async () => {
    const harness = await live()
    const session = await open(harness)
    await put(session.tree, '/server.js', 'two')
    const { publishing } = harness.uploads
    const made = await publishing.publish(harness.actor, 'hello', { incomplete: false })
    await harness.end(made.id)
    await settled()
    const back = harness.deployments.rollBack(harness.actor, 'hello', 1, { with: 'code' })
    await harness.end(back.id)
    await vi.waitFor(async () => expect(await read(session.tree, '/server.js')).toBe('one'), 15_000)
    expect(await publishing.difference(harness.actor, 'hello')).toMatchObject({ changed: 0 })
    await session.end()
  })

  it('begin an app that has never been deployed', async () => {
    const harness = createHarness()
    harness.addApp('hello')
    const { tree, end } = await open(harness)
    await put(tree, '/server.js', 'first')
    await end()
    const made = await harness.uploads.publishing.publish(harness.actor, 'hello', {
      incomplete: false,
    })
    expect(await harness.end(made.id)).toMatchObject({ reason: null, release: 1 })
  })

  it('are published by themselves after ten idle seconds, not earlier', async () => {
    const harness = await live()
    const { tree, end } = await open(harness)
    await put(tree, '/a.txt', 'a')
    await pass(harness, 6)
    await put(tree, '/b.txt', 'b')
    await pass(harness, 6)
    expect(deployments(harness)).toHaveLength(1)
    await pass(harness, 6)
    await expect.poll(() => deployments(harness).length).toBe(2)
    expect(deployments(harness)[0]).toMatchObject({ trigger: 'upload', actor: 'anna' })
    await end()
  })

  it('wait for transfers that are open, and for nothing where that is not wished', async () => {
    const harness = await live()
    const { tree, end } = await open(harness)
    const file = await tree.open('/large', WRITE)
    await file.write(0, Buffer.from('x'))
    await pass(harness, 20)
    expect(deployments(harness)).toHaveLength(1)
    await harness.uploads.settings.change(harness.actor, 'hello', { publishOnIdle: false })
    await file.close()
    await pass(harness, 20)
    expect(deployments(harness)).toHaveLength(1)
    await harness.uploads.settings.change(harness.actor, 'hello', { publishOnIdle: true })
    await pass(harness, 12)
    await expect.poll(() => deployments(harness).length).toBe(2)
    await end()
  })

  it('that begin while others are being published are not published half, nor forgotten', async () => {
    const harness = await live()
    const { tree, end } = await open(harness)
    await put(tree, '/a.txt', 'a')
    const plain = { ...harness.sourceArchive }
    let begun: Awaited<ReturnType<typeof tree.open>> | undefined
    harness.sourceArchive.put = async (id, tar) => {
      const kept = await plain.put(id, tar)
      if (begun) return kept
      begun = await tree.open('/server.js', WRITE)
      await begun.write(0, Buffer.from('half'))
      return kept
    }
    await pass(harness, 14)
    expect(begun).toBeDefined()
    expect(deployments(harness)).toHaveLength(1)
    await begun?.write(4, Buffer.from(' and half'))
    await begun?.close()
    await pass(harness, 14)
    await expect.poll(() => deployments(harness).length).toBe(2)
    expect((await harness.uploads.settings.get(harness.actor, 'hello')).problem).toBeNull()
    await end()
  })

  it('are published at once by a file called .deploy, which is no part of the release', async () => {
    const harness = await live()
    await harness.uploads.settings.change(harness.actor, 'hello', { publishOnIdle: false })
    const { tree, end } = await open(harness)
    await put(tree, '/a.txt', 'a')
    await put(tree, '/.deploy', '')
    await pass(harness, 3)
    await expect.poll(() => deployments(harness).length).toBe(2)
    await expect(tree.stat('/.deploy')).rejects.toMatchObject({ code: 'not-found' })
    await pass(harness, 3)
    expect(deployments(harness)).toHaveLength(2)
    await end()
  })

  it('of a client that vanished in the middle are kept, and not published by themselves', async () => {
    const harness = await live()
    const first = await open(harness)
    const file = await first.tree.open('/large', WRITE)
    await file.write(0, Buffer.from('half'))
    // The daemon is killed: nobody closes anything.
    const next = harness.startUploads()
    next.start()
    await pass(harness, 14)
    await settled()
    expect(deployments(harness)).toHaveLength(1)
    const state = await next.settings.get(harness.actor, 'hello')
    expect(state).toMatchObject({ incomplete: ['/large'], openTransfers: 0 })
    expect(state.problem).toContain('in the middle of /large')
    const publish = (incomplete: boolean) =>
      next.publishing.publish(harness.actor, 'hello', { incomplete })
    await expect(publish(false)).rejects.toEqual(coded('UPLOAD_INCOMPLETE'))

    const session = await next.sessions.open(harness.actor, 'hello', client)
    expect(await read(session.tree, '/large')).toBe('half')
    const resumed = await session.tree.open('/large', { ...WRITE, truncate: false })
    await resumed.write(4, Buffer.from(' and half'))
    await resumed.close()
    await session.end()
    expect(await publish(false)).toMatchObject({ trigger: 'upload' })
    await first.end()
    await next.stop()
  })

  it('stay as they are where the deployment fails, and what is live stays live', async () => {
    const harness = await live()
    const before = harness.app().liveReleaseId
    harness.node.buildFailure = new CodedError('BUILD_FAILED')
    const { tree, end } = await open(harness)
    await put(tree, '/server.js', 'broken')
    await end()
    const made = await harness.uploads.publishing.publish(harness.actor, 'hello', {
      incomplete: false,
    })
    expect((await harness.end(made.id)).state).toBe('failed')
    expect(harness.app().liveReleaseId).toBe(before)
    expect(await harness.uploads.publishing.difference(harness.actor, 'hello')).toMatchObject({
      changed: 1,
    })
  })

  it('are for those who may deploy the app', async () => {
    const harness = await live()
    await expect(open(harness, owner({ permissions: new Set(['app.read']) }))).rejects.toEqual(
      coded('PERMISSION_DENIED'),
    )
    await expect(open(harness, owner({ teamId: 'team2' }))).rejects.toEqual(coded('APP_NOT_FOUND'))
  })

  it('are let go by a download whose client has gone before its first byte', async () => {
    const harness = await live()
    const open = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(harness.uploadsFolder)
        } catch {
          return false
        }
      })
    const download = () => harness.uploads.files.read(harness.actor, 'hello', '/server.js')
    expect(await text(Readable.from((await download()).content))).toBe('one')
    const { content } = await download()
    expect(open()).toHaveLength(1)
    Readable.from(content).destroy()
    await expect.poll(open).toEqual([])
  })

  it('hold sixteen clients of an app', async () => {
    const harness = await live()
    const all = await Promise.all(Array.from({ length: 16 }, () => open(harness)))
    await expect(open(harness)).rejects.toEqual(coded('UPLOAD_SESSIONS_FULL'))
    for (const { end } of all) await end()
    await (await open(harness)).end()
  })
})

describe('the upload password of an app', () => {
  it('is made by nobody who may not deploy: it could', async () => {
    const harness = await live()
    const permissions = new Set(['app.read', 'app.change'] as const)

    await expect(
      harness.uploads.settings.createPassword({ ...harness.actor, permissions }, 'hello'),
    ).rejects.toEqual(coded('PERMISSION_DENIED'))
  })

  it('lets in as that app alone, until it is replaced', async () => {
    const harness = await live()
    harness.addApp('other')
    const { sessions, settings } = harness.uploads
    const verify = (app: string, password: string) =>
      sessions.verifyUploadPassword(app, password, '192.0.2.7')
    expect(await verify('hello', '')).toBeUndefined()
    const { user, password } = await settings.createPassword(harness.actor, 'hello')
    expect(user).toBe('hello')
    expect(password).toMatch(/^[0-9a-f]{40}$/)
    const actor = await verify('hello', password)
    expect(actor).toMatchObject({ name: 'upload password of hello', address: '192.0.2.7' })
    expect(await verify('other', password)).toBeUndefined()
    expect(await verify('hello', `${password}x`)).toBeUndefined()
    expect(await verify('nobody', password)).toBeUndefined()
    if (!actor) throw new Error('the password is right')
    await expect(sessions.open(actor, 'other', client)).rejects.toEqual(coded('APP_NOT_FOUND'))

    const session = await sessions.open(actor, 'hello', client)
    expect((await settings.get(harness.actor, 'hello')).clients).toMatchObject([
      { protocol: 'sftp', address: '192.0.2.7', name: 'upload password of hello' },
    ])
    await settings.createPassword(harness.actor, 'hello')
    expect(session.closed.aborted).toBe(true)
    expect(await verify('hello', password)).toBeUndefined()
    // A connection that stands goes on being that actor (rule C17).
    await expect(sessions.open(actor, 'hello', client)).rejects.toEqual(coded('NOT_SIGNED_IN'))
    const rows = JSON.stringify(harness.db.prepare('SELECT * FROM uploads').all())
    expect(rows).not.toContain(password)
  })
})

describe('archives', () => {
  const archive = () => Readable.from([tar({ name: 'site/server.js', content: 'archived' })])

  it('that never end keep nobody out but their own sender', async () => {
    const harness = await live()
    const { archives } = harness.uploads
    const gone = new AbortController()
    const wish = { publish: false, signal: gone.signal }
    const slow = ['one', 'two', 'three', 'four', 'five'].map((name, at) => {
      harness.addApp(name)
      // Nothing ever comes of it.
      const body = new Readable({ read() {} })
      const sent = archives.take(harness.actor, name, body, wish)
      return at < 4 ? sent.catch(() => 'ended') : sent
    })
    await expect(slow[4]).rejects.toEqual(coded('UPLOAD_BUSY'))
    const again = archives.take(harness.actor, 'one', archive(), wish)
    await expect(again).rejects.toEqual(coded('UPLOAD_BUSY'))

    const other = owner({ id: 'user2', name: 'ben' })
    const taken = await archives.take(other, 'hello', archive(), {
      publish: false,
      signal: new AbortController().signal,
    })
    expect(taken.entries).toBe(2)
    gone.abort()
    expect(await Promise.all(slow.slice(0, 4))).toEqual(['ended', 'ended', 'ended', 'ended'])
    await archives.take(harness.actor, 'one', archive(), {
      publish: false,
      signal: new AbortController().signal,
    })
  })
  const signal = new AbortController().signal

  it('take the place of everything, and are deployed', async () => {
    const harness = await live()
    const taken = await harness.uploads.archives.take(harness.actor, 'hello', archive(), {
      publish: true,
      signal,
    })
    expect(taken).toMatchObject({ format: 'tar', entries: 2, strippedDirectory: 'site' })
    expect(await harness.end(taken.deployment?.id ?? '')).toMatchObject({ release: 2 })
    const listed = await harness.uploads.files.list(harness.actor, 'hello', '/')
    expect(listed.files.map(({ name }) => name)).toEqual(['server.js'])
  })

  it('count for nothing where their sender may not any more once they are there', async () => {
    const harness = await live()
    const { archives, files } = harness.uploads
    const mayStill = () => false
    const wish = { publish: true, signal, mayStill }

    await expect(archives.take(harness.actor, 'hello', archive(), wish)).rejects.toEqual(
      coded('PERMISSION_DENIED'),
    )
    await expect(
      files.write(harness.actor, 'hello', '/new.txt', Readable.from([Buffer.from('x')]), {
        mayStill,
      }),
    ).rejects.toEqual(coded('PERMISSION_DENIED'))

    expect(deployments(harness)).toHaveLength(1)
    const shown = await harness.uploads.settings.get(harness.actor, 'hello')
    expect(shown.incomplete).toEqual(['/new.txt'])
    const { files: listed } = await files.list(harness.actor, 'hello', '/')
    expect(listed.map(({ name }) => name)).toContain('page.html')
  })

  it('an edit whose bytes took their time does not replace what came meanwhile', async () => {
    const harness = await live()
    const { files } = harness.uploads
    const seen = await files.digest(harness.actor, 'hello', '/server.js')
    async function* slowly() {
      yield Buffer.from('mi')
      const other = await open(harness)
      await put(other.tree, '/server.js', 'theirs')
      await other.end()
      yield Buffer.from('ne')
    }
    const mayReplace = (digest: string | null): boolean => digest === seen

    await expect(
      files.write(harness.actor, 'hello', '/server.js', Readable.from(slowly()), { mayReplace }),
    ).rejects.toEqual(coded('PRECONDITION_FAILED'))

    const { tree, end } = await open(harness)
    expect(await read(tree, '/server.js')).toBe('theirs')
    await end()
  })

  it('wait to be published where that is wished', async () => {
    const harness = await live()
    const wish = { publish: false, signal }
    await harness.uploads.archives.take(harness.actor, 'hello', archive(), wish)
    expect(deployments(harness)).toHaveLength(1)
    expect(await harness.uploads.publishing.difference(harness.actor, 'hello')).toMatchObject({
      changed: 1,
      removed: 1,
    })
    await harness.uploads.publishing.discard(harness.actor, 'hello')
    expect(await harness.uploads.publishing.difference(harness.actor, 'hello')).toMatchObject({
      changed: 0,
      removed: 0,
    })
    expect((await harness.uploads.settings.get(harness.actor, 'hello')).changedAt).toBeNull()
  })
})

describe('whose uploads they are', () => {
  const named = (name: string) => owner({ name, id: `user-${name}` })

  it('is told by who wrote, not by who is there', async () => {
    const harness = await live()
    const anna = await open(harness, named('anna'))
    await put(anna.tree, '/server.js', 'two')
    const ben = await open(harness, named('ben'))
    await ben.tree.stat('/server.js')
    await pass(harness, 20)

    expect(deployments(harness)[0]).toMatchObject({ trigger: 'upload', actor: 'anna' })
    await Promise.all([anna.end(), ben.end()])
  })

  it('is told of all who have written since the release before', async () => {
    const harness = await live()
    const [anna, ben] = [await open(harness, named('anna')), await open(harness, named('ben'))]
    await put(anna.tree, '/server.js', 'two')
    await put(ben.tree, '/page.html', 'two')
    await put(anna.tree, '/server.js', 'three')
    await pass(harness, 20)

    expect(deployments(harness)[0]).toMatchObject({ actor: 'anna, ben' })
    await Promise.all([anna.end(), ben.end()])
  })
})

describe('plain FTP', () => {
  it('is switched on by operators alone, and off by whoever may change the app', async () => {
    const harness = await live()
    const developer = { ...harness.actor, permissions: new Set(ROLE_PERMISSIONS.developer) }
    const { settings } = harness.uploads
    const on = () => settings.change(developer, 'hello', { plainFtp: true })
    expect(on).toThrow(coded('PERMISSION_DENIED'))

    await settings.change(harness.actor, 'hello', { plainFtp: true })
    expect((await on()).plainFtp).toBe(true)
    expect((await settings.change(developer, 'hello', { plainFtp: false })).plainFtp).toBe(false)
    expect(on).toThrow(coded('PERMISSION_DENIED'))
  })
})

describe('an app that is destroyed', () => {
  it('hangs up on those who have its files open, at once', async () => {
    const harness = await live()
    const session = await open(harness)
    await harness.clock.until(harness.appService.destroy(harness.actor, 'hello', 'hello'))

    expect(session.closed.aborted).toBe(true)
    await expect(session.tree.stat('/server.js')).rejects.toMatchObject({ code: 'gone' })
    expect(harness.uploads.sessions.clientsOf('app1')).toEqual([])
  })
})
