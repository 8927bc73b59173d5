import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ImportContent } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createRestorableAddons } from '#core/platform/restorable-addons.ts'
import { createAddonAttachmentStore } from '#store/addon-attachment-store.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { type AddonHarness, createAddonHarness } from '#test/addon-harness.ts'

const SIGNAL = AbortSignal.timeout(60_000)

/** An app with a database, and then a machine that has nothing of it. */
async function lost() {
  const harness = await createAddonHarness()
  harness.addApp()
  await harness.deploy('a1')
  await harness.create({ app: 'hello' })
  await harness.settled()
  await harness.clock.pass(60_000)
  await harness.addons.stop()
  harness.fake.containers.clear()
  harness.fake.started.length = 0
  harness.fake.executed.length = 0
  const loaded: { spec: ImportContent; content: string }[] = []
  const restorable = createRestorableAddons({
    addons: createAddonStore(harness.db),
    attachments: createAddonAttachmentStore(harness.db),
    open: harness.addons.open,
    node: {
      async importContent(spec, body) {
        loaded.push({ spec, content: await text(body) })
        if (loaded.at(-1)?.content === 'bad')
          throw new CodedError('RESTORE_FAILED', { reason: 'pg_restore: not an archive' })
        return { type: 'done', sizeBytes: 1, files: 1, sha256: null, durationMs: 1, output: '' }
      },
    },
    clock: harness.clock,
  })
  return { harness, restorable, loaded }
}

const rowOf = ({ db }: AddonHarness) =>
  createAddonStore(db)
    .listForPlatform()
    .find(({ name }) => name === 'shop-db')

describe('an add-on of a restored installation', () => {
  it('waits, then gets an empty volume, the users that apps know, and its dump', async () => {
    const { harness, restorable, loaded } = await lost()
    const before = rowOf(harness)
    restorable.holdBack()
    const held = restorable.listHeld()
    expect(held).toEqual([{ id: before?.id, name: 'shop-db' }])

    await harness.clock.until(
      restorable.fill(held[0]?.id ?? '', Readable.from([Buffer.from('dump')]), SIGNAL),
    )

    expect(harness.fake.started).toMatchObject([
      { volume: { volumeId: before?.volumeId, isNew: true }, generation: before?.generation },
    ])
    const said = harness.fake.executed.map(({ stdin }) => stdin ?? '').join('\n')
    expect(said).toContain('u_hello')
    expect(loaded).toMatchObject([
      { content: 'dump', spec: { packed: 'none', target: { addonId: before?.serverId } } },
    ])
    expect(loaded[0]?.spec.target).toMatchObject({ argv: expect.arrayContaining(['pg_restore']) })
    expect(rowOf(harness)).toMatchObject({ state: 'running', wanted: true })
    expect(restorable.listHeld()).toEqual([])
    expect(
      createAddonAttachmentStore(harness.db)
        .listUsersForPlatform(before?.id ?? '')
        .every(({ madeAt }) => madeAt !== null),
    ).toBe(true)
    // Its app needs no other release: names and passwords are those that it has.
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])
    await harness.stopAll()
  })

  it('is emptied first where an attempt was cut off, and stopped where there is nothing for it', async () => {
    const { harness, restorable } = await lost()
    restorable.holdBack()
    const [{ id } = { id: '' }] = restorable.listHeld()

    await expect(
      harness.clock.until(restorable.fill(id, Readable.from([Buffer.from('bad')]), SIGNAL)),
    ).rejects.toThrow(expect.objectContaining({ code: 'RESTORE_FAILED' }))
    expect(restorable.listHeld()).toHaveLength(1)
    const cleared = (): number =>
      harness.fake.executed.filter(({ stdin }) => /DROP DATABASE/.test(stdin ?? '')).length
    expect(cleared()).toBe(1)

    await harness.clock.until(restorable.fill(id, Readable.from([Buffer.from('good')]), SIGNAL))
    expect(cleared()).toBe(2)
    await restorable.keepStopped(id, 'There was no backup of it.')
    expect(rowOf(harness)).toMatchObject({
      state: 'stopped',
      wanted: false,
      reason: 'There was no backup of it.',
    })
    expect(harness.fake.containers.size).toBe(0)
    await harness.stopAll()
  })
})
