import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract, pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { buildContext } from '#adapters/system/build-context.ts'

const tarOf = async (files: Record<string, string>): Promise<Readable> => {
  const tar = pack()
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text)
  tar.finalize()
  return Readable.from([await buffer(Readable.from(tar))])
}

async function filesOf(tar: Readable): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for await (const entry of tar.pipe(extract()))
    files[entry.header.name] = (await buffer(Readable.from(entry))).toString()
  return files
}

const WHOLE = { ignore: [], root: null }

describe('the tar of a source', () => {
  it('is read for its paths and the texts that are asked for', async () => {
    const tar = await tarOf({ './package.json': '{}', 'src/a.js': 'a', 'server.js': 'b' })

    const tree = await buildContext.readTree(tar, ['package.json', 'Procfile'])

    expect([...tree.paths]).toEqual(['package.json', 'src/a.js', 'server.js'])
    expect(tree.read('package.json')).toBe('{}')
    expect(tree.read('Procfile')).toBeUndefined()
    expect(tree.read('server.js')).toBeUndefined()
  })

  it('is given the Dockerfile, in place of one of that name', async () => {
    const big = 'x'.repeat(3_000_000)
    const tar = await tarOf({ 'package.json': '{}', '.vastrox.Dockerfile': 'theirs', big })

    const files = await filesOf(
      buildContext.withFiles(tar, { '.vastrox.Dockerfile': 'FROM x' }, WHOLE),
    )

    expect(files).toEqual({ 'package.json': '{}', '.vastrox.Dockerfile': 'FROM x', big })
  })

  it('begins with a file of ours, whose header every engine takes for one of a tar', async () => {
    const tar = await tarOf({ 'ü before everything.txt': '', 'server.js': '' })

    const bytes = await buffer(buildContext.withFiles(tar, { Dockerfile: 'FROM x' }, WHOLE))

    expect(bytes.toString('latin1', 0, 10)).toBe('Dockerfile')
    expect(bytes.toString('latin1', 156, 157)).toBe('0')
  })

  it('loses what is to be ignored, in any directory where the pattern has no slash', async () => {
    const tar = await tarOf({
      'node_modules/a/index.js': '',
      'packages/b/node_modules/c.js': '',
      'docs/deep/page.md': '',
      'docsx/page.md': '',
      'npm-debug.log.1': '',
      'server.js': '',
    })

    const ignore = ['node_modules', '/docs', 'npm-debug.log*']
    const files = await filesOf(
      buildContext.withFiles(tar, { Dockerfile: '' }, { ...WHOLE, ignore }),
    )

    expect(Object.keys(files)).toEqual(['Dockerfile', 'docsx/page.md', 'server.js'])
  })

  it('keeps what a later pattern takes back, as .dockerignore does', async () => {
    const tar = await tarOf({ 'a/x': '', 'a/keep/y': '', b: '', 'c1.log': '', 'c12.log': '' })

    const ignore = ['/*', '!/a', '/a/x', '/c?.log', '!/c12.log']
    const files = await filesOf(
      buildContext.withFiles(tar, { Dockerfile: '' }, { ...WHOLE, ignore }),
    )

    expect(Object.keys(files)).toEqual(['Dockerfile', 'a/keep/y', 'c12.log'])
  })

  it('gives the texts that a pattern names, in any directory where the pattern has no slash', async () => {
    const tar = await tarOf({
      'a/package.json': '1',
      'b/c/wsgi.py': '2',
      'b/wsgi.py': '3',
      'x.py': '4',
    })

    const tree = await buildContext.readTree(tar, ['package.json', 'b/**/wsgi.py', '/*.py'])

    expect([...tree.paths].map((path) => tree.read(path))).toEqual(['1', '2', undefined, '4'])
  })

  it('is seen from the directory that is the app, and nothing beside it', async () => {
    const tar = await tarOf({
      'web/index.php': '',
      'web/lib/a.php': '',
      'website/x': '',
      README: '',
    })

    const files = await filesOf(
      buildContext.withFiles(tar, { D: 'x' }, { ignore: [], root: 'web' }),
    )

    expect(files).toEqual({ 'index.php': '', 'lib/a.php': '', D: 'x' })
  })

  it('is refused as a coded error when it is broken', async () => {
    const broken = Readable.from([Buffer.alloc(700, 'not a tar')])

    await expect(buildContext.readTree(broken, [])).rejects.toMatchObject({ code: 'SOURCE_UNSAFE' })
  })
})
