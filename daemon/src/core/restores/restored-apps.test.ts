import { buildContext } from '#adapters/system/build-context.ts'
import { createRestoreApp } from '#core/restores/restore-app.ts'
import { byOf, createRestoreBook } from '#core/restores/restore-book.ts'
import { createRestoredApps } from '#core/restores/restored-apps.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAddonAttachmentStore } from '#store/addon-attachment-store.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createEnvStore } from '#store/env-store.ts'
import { createRestoreStore, type RestoreRecord } from '#store/restore-store.ts'
import { type BackupHarness, createBackupHarness } from '#test/backup-harness.ts'

describe('an app comes back', () => {
  let harness: BackupHarness
  beforeEach(async () => {
    harness = createBackupHarness()
    await harness.addDestination()
    harness.addApp('shop')
  })

  /** As the runner does it, which the other tests are about. */
  async function restore(backupId: string): Promise<RestoreRecord> {
    const { actor, clock, newId } = harness
    const backups = harness.kept
    const backup = backups.find(actor, backupId)
    const store = createRestoreStore(harness.db)
    const book = createRestoreBook({ ...harness, restores: store })
    const record = book.save({
      id: newId(),
      teamId: actor.teamId,
      backupId,
      subject: backup.subject,
      how: 'switch',
      name: null,
      paths: [],
      by: byOf(actor),
      state: 'queued',
      progress: null,
      target: null,
      madeId: null,
      isTouched: false,
      deploymentId: null,
      safetyBackupId: null,
      checks: [],
      reason: null,
      startedAt: clock.now().toISOString(),
      endedAt: null,
    })
    const contents = createRestoredApps({
      ...harness,
      node: harness.node.node,
      backups,
      buildContext,
      env: harness.envService,
    })
    const work = createRestoreApp({ contents, book, crashPoint: () => {} })
    await clock.until(work.run(record, backup, new AbortController().signal))
    const now = store.findForPlatform(record.id)
    if (!now) throw new Error('there is no row')
    return now
  }

  it('with its source and env as they were, by a deployment like any other', async () => {
    await harness.deploy('a1', { appName: 'shop', files: { 'server.js': 'the first code' } })
    harness.envService.change(harness.actor, 'shop', { KEY: 'then', GONE: 'soon' })
    await harness.clock.settle()
    const { id } = await harness.backUp('app:shop')
    await harness.deploy('b2', { appName: 'shop', files: { 'server.js': 'worse code' } })
    harness.envService.change(harness.actor, 'shop', { KEY: 'now', NEW: 'one', GONE: null })
    await harness.clock.settle()

    const restored = await restore(id)

    expect(restored).toMatchObject({ state: 'done', reason: null, target: 'shop' })
    expect(restored.checks.map(({ what, found }) => [what, found])).toEqual([
      ['files of the source', '1'],
      ['env variables', '2'],
    ])
    expect(harness.storedEnv('shop')).toMatchObject({ KEY: 'then', GONE: 'soon' })
    expect(harness.storedEnv('shop')).not.toHaveProperty('NEW')
    const deployment = createDeploymentStore(harness.db).findForPlatform(
      restored.deploymentId ?? '',
    )
    expect(deployment?.trigger).toBe('upload')
    const tar = await harness.sourceArchive.open(deployment?.sourceId ?? '')
    const tree = await buildContext.readTree(tar, ['**'])
    expect([...tree.paths]).toEqual(['server.js'])
    expect(tree.read('server.js')).toBe('the first code')
    expect(harness.problems).toEqual([])
  })

  /** One that gives the app DATABASE_URL. */
  function attachAddon(): void {
    const { db, box, newId, actor } = harness
    const at = harness.clock.now().toISOString()
    const [id, appId] = [newId(), harness.app('shop').id]
    createAddonStore(db).insertForPlatform({
      id,
      teamId: actor.teamId,
      node: 'local',
      name: 'shop-db',
      kind: 'postgresql',
      version: '17',
      serverId: newId(),
      isThrowAway: false,
      state: 'running',
      reason: null,
      wanted: true,
      memoryBytes: 2 ** 28,
      cpuMillis: 0,
      generation: 1,
      volumeId: newId(),
      volumeMadeAt: at,
      rootSealed: Buffer.alloc(0),
      nextRootSealed: null,
      createdAt: at,
      destroyedAt: null,
      purgingAt: null,
    })
    createAddonAttachmentStore(db).saveForPlatform({
      addonId: id,
      appId,
      appName: 'shop',
      teamId: actor.teamId,
      prefix: 'DATABASE',
      username: 'u_shop',
      names: ['DATABASE_URL'],
      variablesSealed: box.seal(
        JSON.stringify({ DATABASE_URL: 'postgresql://u_shop@shop-db' }),
        `addon_attachments|${id}/${appId}|variables_sealed`,
      ),
      attachedAt: at,
    })
  }

  it('with its own env alone: what add-ons give it is theirs', async () => {
    await harness.deploy('a1', { appName: 'shop', files: { 'server.js': 'the first code' } })
    harness.envService.change(harness.actor, 'shop', { KEY: 'then' })
    attachAddon()
    await harness.clock.settle()
    const { id } = await harness.backUp('app:shop')
    harness.envService.change(harness.actor, 'shop', { KEY: 'now' })
    await harness.clock.settle()

    expect(await restore(id)).toMatchObject({ state: 'done', reason: null })

    expect(harness.storedEnv('shop')).toMatchObject({ KEY: 'then' })
    const own = createEnvStore(harness.db).listForPlatform(harness.app('shop').id)
    expect(own.map(({ key }) => key)).toEqual(['KEY'])
  })

  it('not at all where it had neither a source nor an image, and its env stays', async () => {
    const { id } = await harness.backUp('app:shop')

    await expect(restore(id)).rejects.toThrow(expect.objectContaining({ code: 'RESTORE_FAILED' }))
  })
})

describe('backups that can be restored', () => {
  it('are those that are done, not damaged and of the team', async () => {
    const harness = createBackupHarness()
    await harness.addDestination()
    harness.addAddon()
    const done = await harness.backUp('addon:shop-db')
    harness.node.mishaps.push('full')
    const failed = await harness.backUp('addon:shop-db')
    const { kept } = harness

    expect(kept.find(harness.actor, done.id).content).toMatchObject({
      counts: { before: { 'public.orders': 18 }, after: { 'public.orders': 18 } },
      addon: { kind: 'postgresql', version: '15' },
    })
    expect(kept.listNewestForPlatform().map(({ id }) => id)).toEqual([done.id])
    expect(() => kept.find(harness.actor, failed.id)).toThrow(
      expect.objectContaining({ code: 'BACKUP_NOT_GOOD' }),
    )
    expect(() => kept.find({ ...harness.actor, teamId: 'team2' }, done.id)).toThrow(
      expect.objectContaining({ code: 'BACKUP_NOT_FOUND' }),
    )
    harness.store.setDamageForPlatform(done.id, 'pack 41bc is damaged')
    expect(() => kept.find(harness.actor, done.id)).toThrow(
      expect.objectContaining({ code: 'BACKUP_NOT_GOOD' }),
    )
    const saved = await harness.clock.until(
      kept.saveNow(
        { teamId: 'team1', subject: done.subject, backupId: done.id },
        new AbortController().signal,
      ),
    )
    expect(harness.store.findForPlatform(saved.id)?.purpose).toBe('safety')
  })
})
