import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import {
  END,
  gnuTar,
  gz,
  type Item,
  tar,
  tarHeader,
  tarItem,
  zip,
  zst,
} from '#test/odd-archives.ts'
import { put, read, stagingTree, temporaryFolder } from '#test/staging-folder.ts'
import { createEntryRules } from './entry-rules.ts'

const take = (archive: Buffer, signal = new AbortController().signal) => ({
  archive: Readable.from([archive]),
  options: {
    maxArchiveBytes: 2 ** 24,
    signal,
    onProgress: () => {},
    untilTurn: () => Promise.resolve(() => {}),
  },
})
const files = (count: number): Item[] =>
  Array.from({ length: count }, (_, at) => ({ name: `f${at}` }))
const ZEROS = Buffer.alloc(6 * 2 ** 20)
const file = (name: string, content = 'x'): Item => ({ name, content })

/** Each is refused, within 2 seconds, for a reason that a person can act on. */
const HOSTILE: readonly [name: string, archive: () => Buffer, reason: RegExp][] = [
  ['a path that goes up', () => tar(file('../evil')), /leads out of it/],
  ['a path that goes up in the middle', () => tar(file('a/../../evil')), /leads out of it/],
  ['a path that goes up and comes back', () => tar(file('a/../b')), /leads out of it/],
  ['a path that goes up in a zip', () => zip([file('../evil')]), /leads out of it/],
  ['the way up as Windows writes it', () => zip([{ ...file('..\\evil'), madeBy: 0 }]), /leads out/],
  ['the same, said to be from Unix', () => zip([file('..\\evil')]), /leads out/],
  ['an absolute path', () => tar(file('/etc/cron.d/evil')), /absolute/],
  ['an absolute path in a zip', () => zip([file('/etc/evil')]), /absolute/],
  ['a share of Windows', () => zip([{ ...file('\\\\host\\share'), madeBy: 0 }]), /absolute/],
  ['a drive', () => zip([file('C:/evil')]), /drive/],
  [
    'an absolute path in a pax header',
    () => tar({ ...file('x'), pax: { path: '/etc/x' } }),
    /absol/,
  ],
  ['a zero byte in a pax header', () => tar({ ...file('x'), pax: { path: 'a\0b' } }), /zero byte/],
  ['a zero byte in a zip', () => zip([file('a\0b')]), /zero byte/],
  ['a device', () => tar({ name: 'sda', type: '4' }), /device/],
  ['a character device', () => tar({ name: 'tty', type: '3' }), /device/],
  ['a device in a zip', () => zip([{ name: 'tty', type: '3' }]), /device/],
  ['a pipe', () => tar({ name: 'pipe', type: '6' }), /pipe/],
  ['a kind nobody knows', () => tar({ name: 'x', type: 'Q' }), /not known/],
  ['a sparse file', () => tar({ name: 'x', type: 'S' }), /holes/],
  [
    'a sparse file as pax has it',
    () => tar({ name: 'x', pax: { 'GNU.sparse.major': '1' } }),
    /holes/,
  ],
  ['a hard link out of it', () => tar({ name: 'x', type: '1', link: '/etc/passwd' }), /absolute/],
  ['a hard link to nothing in it', () => tar({ name: 'x', type: '1', link: 'gone' }), /hard link/],
  [
    'a hard link to a link',
    () => tar({ name: 'l', type: '2', link: 'f' }, { name: 'x', type: '1', link: 'l' }),
    /hard link/,
  ],
  ['a link to an absolute path', () => tar({ name: 'l', type: '2', link: '/etc' }), /leads out/],
  ['a link upwards', () => tar({ name: 'a/l', type: '2', link: '../../x' }), /leads out/],
  ['a link upwards in a zip', () => zip([{ name: 'l', type: '2', link: '../x' }]), /leads out/],
  [
    'two links that lead out together',
    () =>
      tar(
        { name: 'a/b/l', type: '2', link: '..' },
        { name: 'm', type: '2', link: 'a/b/l/../../x' },
      ),
    /leads out/,
  ],
  [
    'a file below a link',
    () => tar({ name: 'd', type: '2', link: 'e' }, file('d/evil')),
    /no directory/,
  ],
  ['a file below a file', () => tar(file('d'), file('d/evil')), /no directory/],
  ['the same name twice', () => tar(file('a'), file('a')), /twice/],
  ['the same name twice, written differently', () => tar(file('a/b'), file('./a//b')), /twice/],
  [
    'a link and a file of one name',
    () => tar({ name: 'a', type: '2', link: 'b' }, file('a')),
    /twice/,
  ],
  ['the same name twice in a zip', () => zip([file('a'), file('a')]), /twice/],
  ['a name of 256 bytes', () => tar({ ...file('x'), pax: { path: 'x'.repeat(256) } }), /255 bytes/],
  ['65 directories', () => tar({ ...file('x'), pax: { path: `${'d/'.repeat(65)}x` } }), /deep/],
  ['a name that is not UTF-8', () => tar({ name: Buffer.from([0x61, 0xff, 0x62]) }), /UTF-8/],
  ['too many entries', () => tar(...files(2_001)), /2000 entries/],
  ['too many entries in a zip', () => zip(files(2_001)), /2000 entries/],
  [
    'more bytes than there is room for',
    () => tar(file('a', 'x'), { name: 'b', content: ZEROS }, { name: 'c', content: ZEROS }),
    /8 MB/,
  ],
  [
    'hard links that would fill the disk',
    () => tar({ name: 'b', content: ZEROS }, { name: 'c', type: '1', link: 'b' }),
    /8 MB/,
  ],
  ['a bomb in gzip', () => gz(tar({ name: 'b', content: ZEROS })), /hundred times/],
  ['a bomb in zstd', () => zst(tar({ name: 'b', content: ZEROS })), /hundred times/],
  ['a bomb in a zip', () => zip([{ name: 'b', content: ZEROS }]), /hundred times/],
  [
    'a zip that says less than is in it',
    () => zip([{ ...file('b', 'x'.repeat(900)), size: 9 }]),
    /larger than/,
  ],
  [
    'entries of a zip on top of each other',
    () => zip([file('a', 'same'), { ...file('b', 'same'), offset: 0 }]),
    /inside of another/,
  ],
  [
    'another name in front of the content',
    () => zip([{ ...file('good'), localName: 'evil' }]),
    /called something else/,
  ],
  ['a wrong checksum in a zip', () => zip([{ ...file('a'), crc: 1 }]), /checksum/],
  ['an encrypted zip', () => zip([{ ...file('a'), flags: 1 }]), /encrypted/],
  ['a zip that counts wrongly', () => zip([file('a')], { count: 2 }), /directory cannot be read/],
  [
    'a long name of a gigabyte',
    () => Buffer.concat([tarHeader({ name: 'x', type: 'L', size: 2 ** 30 }), END]),
    /megabyte/,
  ],
  [
    'notes of a gigabyte, each of half a megabyte',
    () => {
      const notes = Array.from({ length: 3 }, (_, at) =>
        tarItem({ name: 'x', pax: { [`note${at}`]: 'n'.repeat(500_000) } }).subarray(0, -512),
      )
      return Buffer.concat([...notes, tar(file('a'))])
    },
    /megabyte/,
  ],
  [
    'a link to a name that is too long',
    () => tar({ name: 'l', type: '2', pax: { linkpath: 'd/'.repeat(3_000) } }),
    /too long/,
  ],
  [
    'a pax note that cannot be read',
    () =>
      Buffer.concat([
        tarHeader({ name: 'x', type: 'x', size: 9 }),
        Buffer.from('9 nonsens'.padEnd(512, '\0')),
        END,
      ]),
    /cannot be read/,
  ],
  ['a tar that is cut off', () => tar(file('a', 'x'.repeat(900))).subarray(0, 700), /cut off/],
  [
    'a tar whose header was changed',
    () => Buffer.from(tar(file('a')).map((byte, at) => (at === 1 ? 0x62 : byte))),
    /checksum/,
  ],
  ['gzip that is cut off', () => gz(tar(file('a', 'x'.repeat(900)))).subarray(0, 60), /damaged/],
  [
    'a zip without its end',
    () => zip([file('a', 'x'.repeat(900))]).subarray(0, 60),
    /directory, and there is none/,
  ],
  ['7z', () => Buffer.from('377abcaf271c0004', 'hex'), /7z/],
  ['no archive at all', () => Buffer.from('<html>'), /no archive/],
  ['nothing', () => Buffer.alloc(0), /empty/],
  ['an archive with nothing in it', () => Buffer.concat([END, Buffer.alloc(8_192)]), /no file/],
]

describe('archives that are refused (rule C6)', () => {
  it('are those whose names alone would fill the memory', () => {
    const rules = createEntryRules({ maxBytes: 1, maxEntries: 100_000 })
    const rest = `/${'n'.repeat(250)}`.repeat(15)
    const take = (): void => {
      for (let at = 0; at < 100_000; at += 1)
        rules.pathOf({
          path: `${at}${rest}`,
          kind: 'file',
          sizeBytes: 0,
          executable: false,
          modifiedAtS: 0,
          target: '',
          content: async function* nothing() {
            // It is not read.
          },
        })
    }
    expect(take).toThrow(expect.objectContaining({ code: 'ARCHIVE_REFUSED' }))
    expect(rules.entries()).toBeLessThan(60_000)
  })

  it('are more than forty', () => expect(HOSTILE.length).toBeGreaterThan(40))

  it.each(HOSTILE)(
    '%s: with the reason, and nothing on the disk',
    async (_name, archive, reason) => {
      const { tree, session, folder } = await stagingTree()
      await put(session, '/index.html', 'as it was')
      const { archive: body, options } = take(archive())

      const begun = process.cpuUsage()
      const error: unknown = await tree
        .takeArchive(body, options)
        .catch((thrown: unknown) => thrown)

      // Of the processor, with what the garbage of other files in this worker costs meanwhile.
      const { user, system } = process.cpuUsage(begun)
      expect((user + system) / 1_000).toBeLessThan(5_000)
      expect(error).toMatchObject({ code: 'ARCHIVE_REFUSED' })
      expect(error).toMatchObject({ details: { reason: expect.stringMatching(reason) } })
      expect(await read(session, '/index.html')).toBe('as it was')
      const app = join(folder, 'app00001')
      expect(readdirSync(join(app, 'tree'))).toEqual(['index.html'])
      expect(readdirSync(join(app, 'work'))).toEqual([])
      expect(existsSync(join(app, 'aside'))).toBe(false)
    },
  )
})

const LONG = `${'long name '.repeat(20)}.txt`

/** Each is taken, and has this file with this content. */
const ODD: readonly [name: string, archive: () => Buffer, path: string, content: string][] = [
  [
    'brackets, spaces and unicode',
    () => tar(file('app/[id]/a b ü 漢 🎉.tsx', 'y'), file('top')),
    '/app/[id]/a b ü 漢 🎉.tsx',
    'y',
  ],
  [
    'one directory around everything',
    () => tar({ name: 'site-main/', type: '5' }, file('site-main/index.html', 'hi')),
    '/index.html',
    'hi',
  ],
  [
    'what macOS adds',
    () =>
      zip([
        file('site/index.html', 'hi'),
        file('__MACOSX/site/._index.html'),
        file('site/.DS_Store'),
      ]),
    '/index.html',
    'hi',
  ],
  [
    'a long name of pax',
    () => tar({ ...file('x', 'pax'), pax: { path: LONG } }),
    `/${LONG}`,
    'pax',
  ],
  [
    'the note that git writes',
    () =>
      Buffer.concat([
        tarHeader({ name: 'pax_global_header', type: 'g', size: 11 }),
        Buffer.from('11 comment=\n'.padEnd(512, '\0')),
        tar(file('a', 'git')),
      ]),
    '/a',
    'git',
  ],
  [
    'hard links in it',
    () => tar(file('a', 'twice'), { name: 'b', type: '1', link: './a' }),
    '/b',
    'twice',
  ],
  [
    'links in it',
    () => tar(file('shared/a', 'linked'), { name: 'l', type: '2', link: 'shared' }),
    '/l/a',
    'linked',
  ],
  [
    'directories twice',
    () => tar({ name: 'd', type: '5' }, { name: 'd/', type: '5' }, file('d/a', 'z'), file('top')),
    '/d/a',
    'z',
  ],
  [
    'upper and lower case',
    () => tar(file('README', 'upper'), file('readme', 'lower')),
    '/README',
    'upper',
  ],
  ['zstd', () => zst(tar(file('a', 'zstd'))), '/a', 'zstd'],
  [
    'gzip in two pieces',
    () => {
      const whole = tar(file('a', 'two'))
      return Buffer.concat([gz(whole.subarray(0, 600)), gz(whole.subarray(600))])
    },
    '/a',
    'two',
  ],
  [
    'a zip with a comment that looks like its end',
    () => zip([file('a', 'zip')], { comment: 'PK\x05\x06 and more than twenty-two' }),
    '/a',
    'zip',
  ],
  ['zip64', () => zip([{ ...file('a', 'large'), zip64: true }]), '/a', 'large'],
  [
    'a zip of Windows',
    () => zip([{ ...file('dir\\a.txt', 'dos'), madeBy: 0 }, file('top')]),
    '/dir/a.txt',
    'dos',
  ],
  [
    'a zip whose names are not UTF-8',
    () => zip([{ name: Buffer.from([0x81, 0x2e, 0x74]), content: 'cp437', flags: 0, madeBy: 0 }]),
    '/ü.t',
    'cp437',
  ],
  ['a zip that packs nothing', () => zip([{ ...file('a', 'stored'), method: 0 }]), '/a', 'stored'],
]

describe('archives that are odd and fine', () => {
  it.each(ODD)('%s', async (_name, archive, path, content) => {
    const { tree, session } = await stagingTree()
    await put(session, '/before', 'was there')
    const { archive: body, options } = take(archive())
    await tree.takeArchive(body, options)
    expect(await read(session, path)).toBe(content)
    await expect(session.stat('/before')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('what GNU tar makes, in each of its formats', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'x'.repeat(120)))
    writeFileSync(join(folder, 'x'.repeat(120), `${'y'.repeat(200)}.sh`), '#!/bin/sh', {
      mode: 0o755,
    })
    symlinkSync('x'.repeat(120), join(folder, 'link'))
    for (const format of ['gnu', 'posix']) {
      const { tree, session } = await stagingTree()
      const { archive, options } = take(gnuTar(folder, `--format=${format}`))
      expect(await tree.takeArchive(archive, options)).toMatchObject({ format: 'tar', entries: 3 })
      const path = `/link/${'y'.repeat(200)}.sh`
      expect(await session.stat(path)).toMatchObject({ mode: 0o755, kind: 'file' })
    }
  })

  it('is not taken beyond its own limit, nor once its sender has gone', async () => {
    const { tree, session } = await stagingTree()
    const large = take(Buffer.alloc(2 ** 24 + 1))
    await expect(tree.takeArchive(large.archive, large.options)).rejects.toMatchObject({
      code: 'ARCHIVE_TOO_LARGE',
    })
    const gone = new AbortController()
    const late = take(tar(file('a')), gone.signal)
    gone.abort()
    await expect(tree.takeArchive(late.archive, late.options)).rejects.toThrow(/abort/)
    await expect(session.stat('/a')).rejects.toMatchObject({ code: 'not-found' })
  })
})
