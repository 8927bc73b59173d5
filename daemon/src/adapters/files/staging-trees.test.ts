import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { buildContext } from '#adapters/system/build-context.ts'
import { Readable } from 'node:stream'
import { mustBePackable } from './pack-tree.ts'
import { scanTree } from './scan-tree.ts'
import { put, read, stagingTree, tarStream, WRITE } from '#test/staging-folder.ts'

const V1 = { 'index.html': 'one', 'css/site.css': 'body {}', 'old.html': 'old' }
const V2 = { 'index.html': 'two', 'css/site.css': 'body {}', 'new/page.html': 'new' }
const never = async (): Promise<Readable> => {
  throw new Error('it was known')
}

async function fitted() {
  const staged = await stagingTree()
  await staged.tree.fitTo('source01', tarStream(V1))
  const kinds = async () =>
    Object.fromEntries(
      (await staged.tree.difference()).changes.map(({ path, kind }) => [path, kind]),
    )
  const packed = async (sourceId = 'packed01') => {
    const made = await staged.tree.pack(sourceId)
    const bytes = await buffer(made.tar)
    await made.keep()
    return buildContext.readTree(Readable.from([bytes]), ['**'])
  }
  return { ...staged, kinds, packed }
}

describe('the files of the live release and what is staged', () => {
  it('begin as the release is, with nothing different', async () => {
    const { session, kinds, tree } = await fitted()
    expect(await read(session, '/index.html')).toBe('one')
    expect(await kinds()).toEqual({})
    expect(tree.base()).toBe('source01')
    await tree.fitTo('source01', never)
  })

  it('differ by what was added, changed and removed, and by content alone', async () => {
    const { session, kinds, tree } = await fitted()
    await put(session, '/index.html', 'one')
    await put(session, '/css/site.css', 'body { }')
    await put(session, '/added.html', 'added')
    await session.removeFile('/old.html')
    await session.makeDirectory('/empty')
    expect(await kinds()).toEqual({
      'added.html': 'added',
      'css/site.css': 'changed',
      'old.html': 'removed',
    })
    expect(await tree.difference()).toMatchObject({
      added: 1,
      changed: 1,
      removed: 1,
      addedBytes: 13,
      removedBytes: 10,
    })
    await session.setStat('/index.html', { mode: 0o755 })
    expect(await kinds()).toMatchObject({ 'index.html': 'changed' })
  })

  it('follow a newer release where nobody has touched them', async () => {
    const { session, kinds, tree } = await fitted()
    await put(session, '/index.html', 'mine')
    await put(session, '/mine.html', 'mine')
    await tree.fitTo('source02', tarStream(V2))
    expect(await read(session, '/new/page.html')).toBe('new')
    expect(await read(session, '/index.html')).toBe('mine')
    await expect(session.stat('/old.html')).rejects.toMatchObject({ code: 'not-found' })
    expect(await kinds()).toEqual({ 'index.html': 'changed', 'mine.html': 'added' })

    await tree.fitTo('source01', tarStream(V1))
    expect(await read(session, '/old.html')).toBe('old')
    await expect(session.stat('/new')).rejects.toMatchObject({ code: 'not-found' })
    expect(await kinds()).toEqual({ 'index.html': 'changed', 'mine.html': 'added' })
  })

  it('keep what stands in the way of a newer release', async () => {
    const { session, kinds, tree } = await fitted()
    await put(session, '/new', 'a file of mine')
    await session.removeFile('/index.html')
    await session.makeDirectory('/index.html')
    await tree.fitTo('source02', tarStream(V2))
    expect(await read(session, '/new')).toBe('a file of mine')
    expect(await session.stat('/index.html')).toMatchObject({ kind: 'directory' })
    expect(await kinds()).toEqual({
      'index.html': 'removed',
      new: 'added',
      'new/page.html': 'removed',
    })
  })

  it('are packed, and no different from that once it is live', async () => {
    const { session, kinds, tree, packed } = await fitted()
    await put(session, '/index.html', 'published')
    await put(session, '/run', '#!', 0o755)
    await put(session, '/.deploy', '')
    await session.makeLink('/link', 'css')
    const made = await packed()
    expect([...made.paths].toSorted()).toEqual([
      'css/site.css',
      'index.html',
      'link',
      'old.html',
      'run',
    ])
    expect(made.read('index.html')).toBe('published')
    await put(session, '/later.html', 'later')
    await tree.fitTo('packed01', never)
    expect(await kinds()).toEqual({ 'later.html': 'added' })
  })

  it('are fitted anew where something else went live after they were packed', async () => {
    const { session, kinds, tree, packed } = await fitted()
    await put(session, '/mine.html', 'mine')
    await packed()
    await tree.fitTo('source02', tarStream(V2))
    expect(await kinds()).toEqual({ 'mine.html': 'added' })
    await tree.fitTo('packed01', tarStream({ ...V1, 'mine.html': 'mine' }))
    expect(await kinds()).toEqual({})
    expect(await read(session, '/old.html')).toBe('old')
  })

  it('go back to what is live when they are discarded', async () => {
    const { session, kinds, tree, root } = await fitted()
    await put(session, '/index.html', 'mine')
    await session.removeFile('/old.html')
    await (await session.open('/half', WRITE)).write(0, Buffer.from('x'))
    await tree.discard(tarStream(V1))
    expect(await read(session, '/index.html')).toBe('one')
    expect(readdirSync(root).toSorted()).toEqual(['css', 'index.html', 'old.html'])
    expect([await kinds(), tree.incomplete()]).toEqual([{}, []])
  })

  it('are not packed with links that lead out, nor with names that are no text', async () => {
    const { root, tree } = await fitted()
    symlinkSync('../../../etc', join(root, 'out'))
    await expect(tree.pack('packed02')).rejects.toMatchObject({ code: 'SOURCE_UNSAFE' })
    const other = await fitted()
    writeFileSync(Buffer.concat([Buffer.from(`${other.root}/`), Buffer.from([0xff])]), 'x')
    await expect(other.tree.pack('packed02')).rejects.toMatchObject({
      code: 'UPLOAD_NAMES_INVALID',
    })
  })

  it('are not looked at further than their paths may fill the memory', async () => {
    const { root } = await fitted()
    const whole = await scanTree(root, 100)
    const part = await scanTree(root, 100, 10)
    expect([whole.isComplete, whole.entries.length, part.isComplete]).toEqual([true, 4, false])
    expect(part.entries.length).toBeLessThan(4)
    expect(() => mustBePackable(part)).toThrow(
      expect.objectContaining({ code: 'SOURCE_TOO_LARGE' }),
    )
  })

  it('are known again to the next daemon, half-done steps included', async () => {
    const { session, folder } = await fitted()
    await put(session, '/index.html', 'mine')
    const app = join(folder, 'app00001')
    // Killed while an archive was taking the place of everything: the old content comes back.
    mkdirSync(join(app, 'aside'))
    writeFileSync(join(app, 'aside', 'put-aside.html'), 'x')
    writeFileSync(join(app, 'swap.json'), JSON.stringify({ step: 'out', fresh: '/nowhere' }))
    const next = await stagingTree({ folder })
    expect(await read(next.session, '/put-aside.html')).toBe('x')
    expect(await read(next.session, '/index.html')).toBe('mine')
    expect((await next.tree.difference()).changed).toBe(1)
  })

  it('are compared by when they changed, not by reading them all', async () => {
    const { tree, session } = await stagingTree({ quota: { bytes: 2 ** 28, entries: 20_000 } })
    const paths = Array.from({ length: 2_000 }, (_, at) => `d${at % 20}/f${at}.txt`)
    await tree.fitTo('source10', tarStream(Object.fromEntries(paths.map((path) => [path, path]))))
    await put(session, '/d1/f1.txt', 'changed')
    const begun = performance.now()
    expect(await tree.difference()).toMatchObject({ added: 0, changed: 1, removed: 0 })
    expect(performance.now() - begun).toBeLessThan(3_000)
  })
})
