import { CodedError } from '@vastrox/shared/errors.ts'
import { ConnectRemote } from '@vastrox/shared/remote-source.ts'
import { describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '#test/harness.ts'

const MINUTE_MS = 60_000

async function connected(wish: Partial<ConnectRemote> = {}): Promise<Harness> {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  harness.sources.start()
  harness.remoteFiles.hold({ 'server.js': '1' })
  await harness.sources.remote.connect(harness.actor, 'hello', {
    ...ConnectRemote.parse({
      host: 'files.example',
      username: 'me',
      folder: '/site',
      access: 'password',
      password: 'hunter2-secret',
    }),
    ...wish,
  })
  await harness.clock.pass(2 * MINUTE_MS)
  return harness
}

const pull = (harness: Harness, full = false) =>
  harness.clock.until(harness.sources.remote.pull(harness.actor, 'hello', { full }))
const deployments = (harness: Harness) =>
  harness.deployments.list(harness.actor, 'hello', { cursor: undefined, limit: 50 }).items
const source = (harness: Harness) => harness.sources.remote.get(harness.actor, 'hello')

describe('an app that is made of a folder on another server', () => {
  it('is deployed when it is connected, and again when something differs', async () => {
    const harness = await connected()
    expect(deployments(harness)).toMatchObject([{ number: 1, trigger: 'upload', reason: null }])
    expect(harness.app().liveReleaseId).not.toBeNull()

    expect(await pull(harness)).toMatchObject({ outcome: 'nothing' })
    harness.remoteFiles.hold({ 'server.js': '2' })
    expect(await pull(harness, true)).toMatchObject({ outcome: 'deployed', deployment: 2 })
    expect(harness.remoteFiles.pulled.at(-1)).toMatchObject({
      full: true,
      remote: { hostKey: 'ssh-ed25519 AAAA', password: 'hunter2-secret' },
    })
  })

  it('is pulled by the clock where that is asked for, and not otherwise', async () => {
    const byHand = await connected()
    byHand.remoteFiles.hold({ 'server.js': '2' })
    await byHand.clock.pass(60 * MINUTE_MS)
    expect(deployments(byHand)).toHaveLength(1)

    const byClock = await connected({ pullEveryMs: 10 * MINUTE_MS })
    byClock.remoteFiles.hold({ 'server.js': '2' })
    await byClock.clock.pass(15 * MINUTE_MS)
    expect(deployments(byClock)).toHaveLength(2)
    await byClock.clock.pass(60 * MINUTE_MS)
    expect(deployments(byClock)).toHaveLength(2)
  })

  it('says why it could not be pulled, is asked less often, and what is live stays', async () => {
    const harness = await connected({ pullEveryMs: MINUTE_MS })
    harness.remoteFiles.fail(
      new CodedError('HOST_UNREACHABLE', { reason: 'files.example sleeps.' }),
    )
    const before = harness.remoteFiles.pulled.length
    await harness.clock.pass(60 * MINUTE_MS)

    expect(harness.remoteFiles.pulled.length - before).toBeLessThan(9)
    expect(source(harness)?.problem).toBe('files.example sleeps.')
    expect(deployments(harness)).toHaveLength(1)
  })

  it('refuses an empty folder: that is a mistake, not an app', async () => {
    const harness = await connected()
    harness.remoteFiles.hold({})
    expect(await pull(harness)).toMatchObject({
      outcome: 'failed',
      reason: 'The folder /site is empty.',
    })
  })

  it('keeps its password for the very host and port it was given for (rule C11)', async () => {
    const harness = await connected()
    const wish = ConnectRemote.parse({
      host: 'files.example',
      username: 'me',
      folder: '/other',
      access: 'password',
    })
    const connect = (change: Partial<ConnectRemote>) =>
      harness.sources.remote.connect(harness.actor, 'hello', { ...wish, ...change })
    expect(await connect({})).toMatchObject({ folder: '/other' })
    for (const change of [{ port: 2222 }, { host: 'evil.example' }])
      await expect(connect(change)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect(source(harness)).toMatchObject({ host: 'files.example', port: 22 })
  })

  it('keeps the password sealed, or makes a key of its own', async () => {
    const harness = await connected()
    const rows = JSON.stringify(harness.db.prepare('SELECT * FROM remote_sources').all())
    expect(rows).not.toContain('hunter2')
    expect(JSON.stringify(source(harness))).not.toContain('hunter2')

    const byKey = await harness.sources.remote.connect(
      harness.actor,
      'hello',
      ConnectRemote.parse({
        host: 'files.example',
        username: 'me',
        folder: '/site',
        access: 'key',
      }),
    )
    expect(byKey.publicKey).toMatch(/^ssh-ed25519 /)
    await harness.sources.remote.disconnect(harness.actor, 'hello')
    expect(source(harness)).toBeNull()
  })
})
