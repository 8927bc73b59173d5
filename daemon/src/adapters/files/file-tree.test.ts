import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  lstatSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FileErrorCode } from '#lib/file-error.ts'
import { createTransferJournal } from './transfer-journal.ts'
import { put, READ, read, stagingTree, temporaryFolder, WRITE } from '#test/staging-folder.ts'
import { startSwapping } from '#test/swapper.ts'

const refused = (code: FileErrorCode) => expect.objectContaining({ name: 'FileError', code })

describe('the files of an app, as a client sees them', () => {
  it('are written at offsets, read, renamed, listed and removed', async () => {
    const { session } = await stagingTree()
    await session.makeDirectory('/docs')
    const file = await session.open('/docs/a b ü 漢.txt', WRITE)
    await Promise.all([file.write(5, Buffer.from('world')), file.write(0, Buffer.from('hello'))])
    await file.close()
    expect(await read(session, 'docs/../docs/./a b ü 漢.txt')).toBe('helloworld')

    await session.rename('/docs/a b ü 漢.txt', '/plain.txt', { replace: false })
    const directory = await session.openDirectory('/')
    const names = (await directory.next(10)).map(({ name, stat }) => `${stat.kind} ${name}`)
    expect(names.toSorted()).toEqual(['directory docs', 'file plain.txt'])
    expect(await directory.next(10)).toEqual([])
    await directory.close()

    await session.removeFile('/plain.txt')
    await session.removeDirectory('/docs')
    await expect(session.lstat('/docs')).rejects.toEqual(refused('not-found'))
  })

  it('keep their executable bit and time, and no other bit', async () => {
    const { session, root } = await stagingTree()
    await put(session, '/run.sh', '#!/bin/sh', 0o4777)
    await session.setStat('/run.sh', { modifiedAtS: 1_000_000_000 })
    expect(await session.stat('/run.sh')).toMatchObject({ mode: 0o755, modifiedAtS: 1_000_000_000 })
    await session.setStat('/run.sh', { mode: 0o6644 })
    expect(await session.stat('/run.sh')).toMatchObject({ mode: 0o644 })
    expect(lstatSync(join(root, 'run.sh')).mode & 0o7777).toBe(0o600)
  })

  it('are listed in pieces, while others come and go', async () => {
    const { session, root } = await stagingTree()
    for (let at = 0; at < 700; at += 1) writeFileSync(join(root, `f${at}`), '')
    const directory = await session.openDirectory('/')
    const names: string[] = []
    for (let batch = await directory.next(100); batch.length > 0; ) {
      for (const { name } of batch) {
        names.push(name)
        await session.removeFile(`/${name}`)
      }
      batch = await directory.next(100)
    }
    await directory.close()
    expect(new Set(names).size).toBe(700)
    expect(readdirSync(root)).toEqual([])
  })

  it('take names of 255 bytes and no longer ones', async () => {
    const { session } = await stagingTree()
    const longest = 'ü'.repeat(127) + 'x'
    await put(session, `/${longest}`, 'x')
    expect(await read(session, `/${longest}`)).toBe('x')
    for (const name of [`${longest}y`, 'a\0b', 'not\uFFFDutf8'])
      await expect(session.open(`/${name}`, WRITE)).rejects.toEqual(refused('bad-name'))
    const deep = '/d'.repeat(65)
    await expect(session.stat(deep)).rejects.toEqual(refused('bad-name'))
    await expect(session.stat(`/${'x/'.repeat(2_100)}`)).rejects.toEqual(refused('bad-name'))
  })

  it('are replaced at once, and only where that is meant', async () => {
    const { session } = await stagingTree()
    await put(session, '/new', 'new')
    await put(session, '/old', 'old')
    await expect(session.rename('/new', '/old', { replace: false })).rejects.toEqual(
      refused('exists'),
    )
    await session.rename('/new', '/old', { replace: true })
    expect(await read(session, '/old')).toBe('new')
    await expect(session.rename('/none', '/old', { replace: true })).rejects.toEqual(
      refused('not-found'),
    )
    expect(await read(session, '/old')).toBe('new')
  })

  it('are resumed where a transfer broke off', async () => {
    const { session } = await stagingTree()
    const file = await session.open('/big', WRITE)
    await file.write(0, Buffer.from('first'))
    await file.close()
    const again = await session.open('/big', { ...WRITE, truncate: false })
    await again.write(5, Buffer.from('second'))
    await again.close()
    const appended = await session.open('/big', { ...WRITE, truncate: false, append: true })
    await Promise.all([appended.write(0, Buffer.from('3')), appended.write(0, Buffer.from('4'))])
    await appended.close()
    expect(await read(session, '/big')).toBe('firstsecond34')
  })

  it('take room for as long as they are open, whatever became of their names', async () => {
    const { session, tree } = await stagingTree({ quota: { bytes: 1_000, entries: 10 } })
    const file = await session.open('/a', WRITE)
    await file.write(0, Buffer.alloc(600))
    await session.removeFile('/a')
    const other = tree.session()
    const second = await other.open('/b', WRITE)

    await expect(second.write(0, Buffer.alloc(500))).rejects.toEqual(refused('quota'))
    await expect(file.write(600, Buffer.alloc(500))).rejects.toEqual(refused('quota'))
    await file.write(600, Buffer.alloc(100))
    // A look at the whole tree does not see it, and counts it all the same.
    await tree.difference()
    expect(tree.usage()).toEqual({ bytes: 700, entries: 1 })

    await file.close()
    expect(tree.usage()).toEqual({ bytes: 0, entries: 1 })
    await second.write(0, Buffer.alloc(1_000))
    await other.end()
  })

  it('that were replaced while somebody reads them take room until that has ended', async () => {
    const { session, tree } = await stagingTree({ quota: { bytes: 1_000, entries: 10 } })
    await put(session, '/old', 'x'.repeat(600))
    await put(session, '/new', 'y'.repeat(100))
    const reader = await session.open('/old', READ)
    await session.rename('/new', '/old', { replace: true })
    expect(tree.usage().bytes).toBe(700)

    await reader.close()
    expect(tree.usage()).toEqual({ bytes: 100, entries: 1 })
  })

  it('give their room back once, however many have them open and cut them off', async () => {
    const { session, tree } = await stagingTree({ quota: { bytes: 1_000, entries: 10 } })
    await put(session, '/kept', 'x'.repeat(100))
    await put(session, '/a', 'x'.repeat(600))
    const first = await session.open('/a', { ...WRITE, truncate: false })
    const second = await session.open('/a', WRITE)
    expect(tree.usage().bytes).toBe(100)

    // The one that is still open knows of it.
    await first.write(0, Buffer.alloc(600))
    expect(tree.usage().bytes).toBe(700)
    await session.setStat('/a', { sizeBytes: 0 })
    await first.write(0, Buffer.alloc(600))
    expect(tree.usage().bytes).toBe(700)
    await second.truncate(0)
    await session.removeFile('/a')
    await Promise.all([first.close(), second.close()])
    expect(tree.usage()).toEqual({ bytes: 100, entries: 1 })
  })

  it('have room up to the quota, in bytes and in entries', async () => {
    const { session } = await stagingTree({ quota: { bytes: 1_000, entries: 3 } })
    const file = await session.open('/a', WRITE)
    await file.write(0, Buffer.alloc(900))
    await expect(file.write(900, Buffer.alloc(101))).rejects.toEqual(refused('quota'))
    await expect(file.truncate(5_000)).rejects.toEqual(refused('quota'))
    await file.write(900, Buffer.alloc(100))
    await file.close()
    expect(await session.space()).toMatchObject({ freeBlocks: 0, totalEntries: 3 })
    await session.makeDirectory('/d')
    await put(session, '/b', '')
    await expect(session.open('/c', WRITE)).rejects.toEqual(refused('quota'))
    await session.removeFile('/a')
    await put(session, '/c', 'fits')
  })

  it('get no room back for a file that is renamed to itself', async () => {
    const { session, tree } = await stagingTree()
    await put(session, '/a', 'x'.repeat(1_000))
    await session.makeDirectory('/d')
    await session.makeLink('/l', 'd')
    await session.rename('/a', '/d/a', { replace: true })
    await session.rename('/d/a', '/d/a', { replace: true })
    await session.rename('/d/a', '/l/a', { replace: true })
    expect(tree.usage()).toEqual({ bytes: 1_000, entries: 3 })
  })

  it('hold at most 64 handles of one session, which end with it', async () => {
    const { session } = await stagingTree()
    await put(session, '/a', 'x')
    for (let at = 0; at < 64; at += 1) await session.open('/a', READ)
    await expect(session.open('/a', READ)).rejects.toEqual(refused('too-many-open'))
    await session.end()
    await expect(session.stat('/a')).rejects.toEqual(refused('gone'))
  })
})

describe('nothing outside of an app’s files is reached (rule C5)', () => {
  async function withOutside() {
    const staged = await stagingTree()
    const outside = temporaryFolder()
    writeFileSync(join(outside, 'secret'), 'secret')
    return { ...staged, outside }
  }

  it('by `..` and absolute paths: they stop at the root', async () => {
    const { session, outside } = await withOutside()
    for (const path of [`${outside}/secret`, `/../../..${outside}/secret`, '../../secret'])
      await expect(session.open(path, READ)).rejects.toEqual(refused('not-found'))
    expect(session.realPath('../../../etc/passwd')).toBe('/etc/passwd')
  })

  it('by links that somebody has put there, at the end or on the way', async () => {
    const { session, root, outside } = await withOutside()
    symlinkSync(`${outside}/secret`, join(root, 'file'))
    symlinkSync(outside, join(root, 'directory'))
    symlinkSync('../../..', join(root, 'up'))
    symlinkSync('loop', join(root, 'loop'))
    for (const path of ['/file', '/directory/secret', '/up/secret', '/loop']) {
      await expect(session.open(path, READ)).rejects.toEqual(refused('denied'))
      await expect(session.open(path, WRITE)).rejects.toEqual(refused('denied'))
      await expect(session.stat(path)).rejects.toEqual(refused('denied'))
    }
    await expect(session.openDirectory('/directory')).rejects.toEqual(refused('denied'))
    await expect(session.makeDirectory('/directory/x')).rejects.toEqual(refused('denied'))
    await expect(session.rename('/directory/secret', '/got', { replace: true })).rejects.toEqual(
      refused('denied'),
    )
    await session.removeFile('/directory')
    expect(readdirSync(outside)).toEqual(['secret'])
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
  })

  it('by links that a client makes: those that stay inside are made and followed', async () => {
    const { session } = await withOutside()
    await session.makeDirectory('/a')
    await put(session, '/a/file', 'inside')
    for (const target of ['/etc/passwd', '../../x', '..', 'a/../../x', ''])
      await expect(session.makeLink('/link', target)).rejects.toEqual(refused('denied'))
    await session.makeLink('/a/link', '../a/file')
    expect(await read(session, '/a/link')).toBe('inside')
    expect(await session.readLink('/a/link')).toBe('../a/file')
    expect(await session.lstat('/a/link')).toMatchObject({ kind: 'symlink' })
  })

  it('by pipes and other things that are no files', async () => {
    const { session, root } = await withOutside()
    execFileSync('mkfifo', [join(root, 'pipe')])
    for (const flags of [READ, WRITE])
      await expect(session.open('/pipe', flags)).rejects.toEqual(refused('denied'))
    const directory = await session.openDirectory('/')
    expect(await directory.next(10)).toEqual([])
  })

  it('by a directory that is swapped for a link, again and again, while files are written', async () => {
    const { session, root, outside } = await withOutside()
    const swapping = await startSwapping(root, outside)
    let written = 0
    for (let tries = 0; tries < 1_500; tries += 1)
      await put(session, `/d/file${tries % 20}`, 'x').then(
        () => (written += 1),
        () => undefined,
      )
    expect(await swapping.end()).toBeGreaterThan(20)
    expect(readdirSync(outside)).toEqual(['secret'])
    expect(written).toBeGreaterThan(0)
  })

  it('by removing or replacing the root itself', async () => {
    const { session, root } = await withOutside()
    await expect(session.removeDirectory('/')).rejects.toEqual(refused('denied'))
    await expect(session.rename('/', '/x', { replace: true })).rejects.toEqual(refused('denied'))
    await expect(session.open('/', WRITE)).rejects.toEqual(refused('denied'))
    expect(existsSync(root)).toBe(true)
  })

  it('reads and writes no file with a second name outside, and leaves it as it is when it is replaced', async () => {
    const { session, root, outside } = await withOutside()
    linkSync(join(outside, 'secret'), join(root, 'twin'))
    await expect(session.open('/twin', READ)).rejects.toEqual(refused('denied'))
    await expect(session.open('/twin', WRITE)).rejects.toEqual(refused('denied'))
    await expect(session.setStat('/twin', { sizeBytes: 0 })).rejects.toEqual(refused('denied'))
    await put(session, '/fresh', 'mine')
    await session.rename('/fresh', '/twin', { replace: true })
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
  })
})

describe('a transfer whose client went away', () => {
  it('leaves its file, marked, until it is finished or removed', async () => {
    const { tree, session, folder } = await stagingTree()
    const file = await session.open('/half', WRITE)
    await file.write(0, Buffer.from('half'))
    expect(tree.openTransfers()).toBe(1)
    await session.end()
    expect([tree.openTransfers(), tree.incomplete()]).toEqual([0, ['/half']])

    // A daemon that was killed knows it from its journal.
    const next = await stagingTree({ folder })
    expect(next.tree.incomplete()).toEqual(['/half'])
    expect(await read(next.session, '/half')).toBe('half')
    await next.session.rename('/half', '/renamed', { replace: true })
    expect(next.tree.incomplete()).toEqual(['/renamed'])
    const again = await next.session.open('/renamed', { ...WRITE, truncate: false })
    await again.write(4, Buffer.from(' whole'))
    await again.close()
    expect(next.tree.incomplete()).toEqual([])
    expect(await read(next.session, '/renamed')).toBe('half whole')
  })

  it('that could not be written down has not begun: the disk was full', () => {
    const journal = createTransferJournal(join(temporaryFolder(), 'gone', 'transfers'))
    expect(() => journal.begin('/a')).toThrow('ENOENT')
    expect([journal.open(), journal.incomplete()]).toEqual([0, []])
  })

  it('is known still after the journal was written anew', () => {
    const path = join(temporaryFolder(), 'transfers')
    const journal = createTransferJournal(path)
    journal.begin('/half')
    for (let at = 0; at < 11_000; at += 1) {
      journal.begin('/whole')
      journal.end('/whole')
    }
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(5_000)
    expect(createTransferJournal(path).incomplete()).toEqual(['/half'])
  })

  it('is forgotten with its file', async () => {
    const { tree, session } = await stagingTree()
    await (await session.open('/half', WRITE)).write(0, Buffer.from('half'))
    await session.end()
    const next = tree.session()
    await next.removeFile('/half')
    expect(tree.incomplete()).toEqual([])
  })
})
