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

    const files = await filesOf(buildContext.withFile(tar, '.vastrox.Dockerfile', 'FROM x', []))

    expect(files).toEqual({ 'package.json': '{}', '.vastrox.Dockerfile': 'FROM x', big })
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
    const files = await filesOf(buildContext.withFile(tar, 'Dockerfile', '', ignore))

    expect(Object.keys(files)).toEqual(['docsx/page.md', 'server.js', 'Dockerfile'])
  })

  it('is refused as a coded error when it is broken', async () => {
    const broken = Readable.from([Buffer.alloc(700, 'not a tar')])

    await expect(buildContext.readTree(broken, [])).rejects.toMatchObject({ code: 'SOURCE_UNSAFE' })
  })
})
