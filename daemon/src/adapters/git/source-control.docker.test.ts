import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeSourceControl } from '#test/contracts/source-control-contract.ts'
import { type Checkout, createCheckout } from '#test/git/git-client.ts'
import { createSourceControl } from './source-control.ts'

let dir: string
let client: Checkout
let count = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vastrox-control-'))
})
afterAll(() => rm(dir, { recursive: true }))

/** A repository with three commits that no ref of it names. */
async function open() {
  count += 1
  const repositories = join(dir, `repositories${count}`)
  const control = createSourceControl({ repositories })
  const appId = 'app0000hello'
  await control.ensureRepository(appId)
  client = await createCheckout(join(dir, `client${count}`), '')
  await client.init()
  const shas: [string, string, string] = [
    await client.commit({ 'server.js': 'one' }, 'first\n\nand more'),
    await client.commit({ 'server.js': 'two', 'lib/a b.js': '' }, 'sec\u001b[31mond'),
    await client.commit({ '.gitattributes': 'secret.txt export-ignore\n', 'secret.txt': 'x' }),
  ]
  const fill = (): Promise<string> =>
    client.ok('push', '--quiet', join(repositories, `${appId}.git`), 'HEAD:refs/tmp/x')
  await fill()
  await control.moveRef(appId, 'refs/tmp/x', undefined, shas[2])
  return { control, appId, shas, repositories, fill }
}

describeSourceControl('git', open)

describe('git as source control', () => {
  it('makes a commit of files that a clone gets as they were', async () => {
    const { control, appId } = await open()
    const files = [
      { path: 'a "b" \\ c.js', executable: false, content: Buffer.from('one\n') },
      { path: 'bin/run', executable: true, content: Buffer.from([0, 1, 255, 10, 100]) },
    ]
    const at = new Date('2026-11-22T12:00:00Z')

    const sha = await control.commitFiles(appId, 'refs/vastrox/deployments/x', {
      files,
      subject: 'Begin with the starter x',
      at,
    })

    expect(await control.readRef(appId, 'refs/vastrox/deployments/x')).toBe(sha)
    expect(await control.readCommit(appId, sha, 'main')).toEqual({
      sha,
      branch: 'main',
      subject: 'Begin with the starter x',
      author: 'Vastrox',
    })
    const tree = await control.readTree(appId, sha, ['*'])
    expect([...tree.paths].toSorted()).toEqual(['a "b" \\ c.js', 'bin/run'])
    expect(tree.read('a "b" \\ c.js')).toBe('one\n')
    const tar = await buffer(await control.archive(appId, sha))
    expect(tar.includes(Buffer.from([0, 1, 255, 10, 100]))).toBe(true)
  })

  it('makes a bare repository once, with nothing that git would run', async () => {
    const { control, appId, repositories } = await open()

    await Promise.all([1, 2, 3].map(() => control.ensureRepository('app0000other')))
    await control.ensureRepository(appId)

    expect((await readdir(repositories)).toSorted()).toEqual([
      'app0000hello.git',
      'app0000other.git',
    ])
    expect(await readdir(join(repositories, 'app0000other.git'))).not.toContain('hooks')
    await control.removeRepository('app0000other')
    expect(await readdir(repositories)).toEqual(['app0000hello.git'])
  })

  it('takes no id, ref or sha for something else (rules C2 and C3)', async () => {
    const { control, appId, shas } = await open()

    expect(() => control.ensureRepository('../../etc')).toThrow('not the id of an app')
    await expect(control.moveRef(appId, '--stdin', shas[0], undefined)).rejects.toThrow('not a ref')
    await expect(control.moveRef(appId, 'refs/x\0y', shas[0], undefined)).rejects.toThrow('not a r')
    await expect(control.readCommit(appId, '--all', 'main')).rejects.toThrow('not the name')
    expect(() => control.archive(appId, '--output=/tmp/x')).toThrow('not the name of a commit')
  })

  it('reads a commit, without what would steer a terminal', async () => {
    const { control, appId, shas } = await open()

    expect(await control.readCommit(appId, shas[0], 'main')).toEqual({
      sha: shas[0],
      branch: 'main',
      subject: 'first',
      author: 'Anna',
    })
    expect((await control.readCommit(appId, shas[1], 'main')).subject).toBe('sec [31mond')
  })

  it('sees the tree as stacks do', async () => {
    const { control, appId, shas } = await open()

    const tree = await control.readTree(appId, shas[1], ['server.js', 'package.json'])

    expect([...tree.paths].toSorted()).toEqual(['lib/a b.js', 'server.js'])
    expect(tree.read('server.js')).toBe('two')
    expect(tree.read('package.json')).toBeUndefined()
    expect(tree.read('lib/a b.js')).toBeUndefined()
  })

  it('finds links that lead out, and submodules', async () => {
    const { control, appId, fill } = await open()
    await symlink('../../etc', join(client.dir, 'out'))
    await symlink('server.js', join(client.dir, 'in'))
    await client.ok('update-index', '--add', '--cacheinfo', `160000,${'a'.repeat(40)},lib/sub`)
    await client.ok('add', 'out', 'in')
    await client.ok('commit', '--quiet', '-m', 'links')
    const sha = await client.ok('rev-parse', 'HEAD')
    await fill()

    expect(await control.inspectTree(appId, sha)).toEqual({
      unsafeLinks: [{ path: 'out', target: '../../etc' }],
      submodules: ['lib/sub'],
    })
  })

  it('gives the tree as a tar, without what is not to be exported', async () => {
    const { control, appId, shas } = await open()

    const tar = (await buffer(await control.archive(appId, shas[2]))).toString('latin1')

    expect(tar).toContain('lib/a b.js')
    expect(tar).not.toContain('secret.txt\0')
  })

  it('fails the tar when git does, instead of ending it early', async () => {
    const { control, appId } = await open()

    const tar = await control.archive(appId, 'd'.repeat(40))

    await expect(buffer(tar)).rejects.toThrow('git archive failed')
  })

  it('says that a tag is no commit', async () => {
    const { control, appId, fill } = await open()
    await client.ok('tag', '-a', 'v1', '-m', 'x')
    const tag = await client.ok('rev-parse', 'v1')
    await fill()
    await client.ok('push', '--quiet', join(dir, `repositories${count}`, `${appId}.git`), 'v1')

    await expect(control.readCommit(appId, tag, 'main')).rejects.toMatchObject({
      code: 'SOURCE_UNSAFE',
    })
  })

  it('points a clone at the first branch there is', async () => {
    const { control, appId, shas, repositories } = await open()
    await control.moveRef(appId, 'refs/heads/master', shas[2], undefined)

    const other = await createCheckout(join(dir, `clone${count}`), '')
    await other.ok('clone', '--quiet', join(repositories, `${appId}.git`), '.')

    expect(await other.ok('rev-parse', 'HEAD')).toBe(shas[2])
  })

  it('puts many packs together, and keeps what refs reach', async () => {
    const { control, appId, shas, repositories } = await open()
    await control.moveRef(appId, 'refs/heads/main', shas[2], undefined)
    const repository = join(repositories, `${appId}.git`)
    for (let at = 0; at < 40; at += 1) {
      await client.commit({ 'a.txt': `${at}` })
      await client.ok(
        'push',
        '--quiet',
        '--receive-pack=git -c receive.unpackLimit=1 receive-pack',
        repository,
        'HEAD:refs/tags/latest',
        '--force',
      )
    }
    const packs = async (): Promise<number> =>
      (await readdir(join(repository, 'objects/pack'))).filter((name) => name.endsWith('.pack'))
        .length
    expect(await packs()).toBe(40)
    const [pack = ''] = await readdir(join(repository, 'objects/pack'))
    const kept = join(repository, 'objects/pack', pack.replace(/\.\w+$/, '.keep'))
    await writeFile(kept, 'receive-pack 1 on vm')
    await utimes(kept, new Date(0), new Date(0))

    await control.tidy(appId)

    expect(await packs()).toBe(1)
    expect((await control.readCommit(appId, shas[2], 'main')).sha).toBe(shas[2])
  })
})
