import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStarterFolder } from './starter-folder.ts'

const EXAMPLES = new URL('../../../../examples', import.meta.url).pathname
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-starters-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function add(name: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, path, '..'), { recursive: true })
    writeFileSync(join(folder, name, path), text)
  }
}
const README =
  '---\ntitle: Express\nstack: Node.js\ndescription: A small app: it answers.\n---\n\n# x\n'

describe('the starters of an installation', () => {
  it('are the folders whose README says what they are', async () => {
    add('node', { 'README.md': README })
    add('silent', { 'README.md': '# no front matter' })
    add('Bad Name', { 'README.md': README })

    expect(await createStarterFolder(folder).list()).toEqual([
      { name: 'node', title: 'Express', stack: 'Node.js', description: 'A small app: it answers.' },
    ])
  })

  it('give their files, and nothing that lies beside them or is linked to', async () => {
    add('node', { 'README.md': README, 'lib/a.js': 'a', 'node_modules/x.js': 'x', 'run.sh': '#!' })
    chmodSync(join(folder, 'node/run.sh'), 0o755)
    symlinkSync('/etc/passwd', join(folder, 'node/passwd'))
    const starters = createStarterFolder(folder)

    const files = await starters.files('node')

    expect(files?.map(({ path, executable }) => [path, executable])).toEqual([
      ['README.md', false],
      ['lib/a.js', false],
      ['run.sh', true],
    ])
    for (const name of ['other', '..', '../node', ''])
      expect(await starters.files(name)).toBeUndefined()
  })

  it('are none where none are shipped', async () => {
    expect(await createStarterFolder(null).list()).toEqual([])
    expect(await createStarterFolder(join(folder, 'gone')).list()).toEqual([])
    expect(await createStarterFolder(null).files('node')).toBeUndefined()
  })

  it('are refused when they are larger than a starter may be', async () => {
    add('node', { 'README.md': README, 'big.bin': 'x'.repeat(9 * 2 ** 20) })
    await expect(createStarterFolder(folder).files('node')).rejects.toThrow('larger')
  })

  it('are all of the examples of this repository that can be deployed as they are', async () => {
    const names = (await createStarterFolder(EXAMPLES).list()).map(({ name }) => name)
    expect(names).toContain('node-express')
    expect(names.length).toBeGreaterThanOrEqual(9)
  })
})
