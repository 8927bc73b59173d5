import { describe, expect, it } from 'vitest'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

const coded = (code: string) => expect.objectContaining({ code })

describe('the code of releases', () => {
  async function released() {
    const harness = createAppHarness()
    harness.addApp('hello')
    await harness.deploy('a1', {
      files: { 'server.js': 'one', 'page.html': 'page', 'old.txt': 'x' },
    })
    await harness.deploy('b2', {
      files: { 'server.js': 'two!', 'page.html': 'page', 'new/deep.txt': 'new' },
    })
    return harness
  }

  it('is compared with the release before, and with any other', async () => {
    const { releaseSources, actor } = await released()

    const second = await releaseSources.difference(actor, 'hello', 2, undefined)
    expect(second).toMatchObject({ release: 2, before: 1, added: 1, changed: 1, removed: 1 })
    expect(second.changes).toEqual([
      { path: 'new/deep.txt', kind: 'added', beforeBytes: null, afterBytes: 3 },
      { path: 'old.txt', kind: 'removed', beforeBytes: 1, afterBytes: null },
      { path: 'server.js', kind: 'changed', beforeBytes: 3, afterBytes: 4 },
    ])
    expect(second.commit?.sha).not.toBe(second.beforeCommit?.sha)

    const first = await releaseSources.difference(actor, 'hello', 1, undefined)
    expect(first).toMatchObject({ before: null, beforeCommit: null, added: 3, changed: 0 })
    const back = await releaseSources.difference(actor, 'hello', 1, 2)
    expect(back).toMatchObject({ before: 2, added: 1, changed: 1, removed: 1 })
  })

  it('is the same as itself', async () => {
    const { releaseSources, actor } = await released()
    const same = await releaseSources.difference(actor, 'hello', 2, 2)
    expect(same).toMatchObject({ before: 2, added: 0, changed: 0, removed: 0, changes: [] })
  })

  it('keeps a few looks of one actor waiting, and refuses more until they are over', async () => {
    const { releaseSources, actor } = await released()
    const look = () => releaseSources.difference(actor, 'hello', 2, undefined)

    const looks = await Promise.allSettled(Array.from({ length: 7 }, look))

    const refused = looks.filter(({ status }) => status === 'rejected')
    expect(refused).toEqual([{ status: 'rejected', reason: coded('RATE_LIMITED') }])
    expect(await look()).toMatchObject({ release: 2, before: 1 })
  })

  it('is read file by file, with what is not there and what is nobody’s business refused', async () => {
    const { releaseSources, actor, sourceArchive } = await released()

    expect((await releaseSources.file(actor, 'hello', 1, '/server.js')).toString()).toBe('one')
    expect((await releaseSources.file(actor, 'hello', 2, 'server.js')).toString()).toBe('two!')
    for (const path of ['none.js', '../server.js', 'new'])
      await expect(releaseSources.file(actor, 'hello', 2, path)).rejects.toThrow(
        coded('RELEASE_FILE_NOT_FOUND'),
      )
    await expect(releaseSources.file(actor, 'hello', 9, 'server.js')).rejects.toThrow(
      coded('RELEASE_NOT_FOUND'),
    )
    const stranger = owner({ teamId: 'team2' })
    await expect(releaseSources.difference(stranger, 'hello', 2, undefined)).rejects.toThrow(
      coded('APP_NOT_FOUND'),
    )
    for (const id of await sourceArchive.list()) await sourceArchive.remove(id)
    await expect(releaseSources.difference(actor, 'hello', 2, undefined)).rejects.toThrow(
      coded('RELEASE_SOURCE_GONE'),
    )
  })
})
