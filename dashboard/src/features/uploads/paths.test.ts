import { describe, expect, it } from 'vitest'
import { DIFFERENCE, FILES } from '../../../test/mock-uploads.ts'
import { above, below, changeIn, isArchive, waysTo } from './paths.ts'

describe('paths of uploaded files', () => {
  it('go down and up', () => {
    expect([below('/', 'a'), below('/a', 'b.txt')]).toEqual(['/a', '/a/b.txt'])
    expect([above('/a/b'), above('/a'), above('/')]).toEqual(['/a', '/', '/'])
    expect(waysTo('/a/b')).toEqual([
      { name: 'a', path: '/a' },
      { name: 'b', path: '/a/b' },
    ])
    expect(waysTo('/')).toEqual([])
  })

  it('are archives by their name', () => {
    for (const name of ['site.zip', 'a.TAR.GZ', 'a.tgz', 'a.tar.zst', 'a.tar'])
      expect(isArchive(name)).toBe(true)
    for (const name of ['zip', 'a.zip.txt', 'a.gz']) expect(isArchive(name)).toBe(false)
  })

  it('are changed themselves, or hold what is', () => {
    const said = FILES.files.map((file) => changeIn(DIFFERENCE.changes, '/', file))
    expect(said).toEqual(['inside', 'changed'])
    const [images, page] = FILES.files
    if (!images || !page) throw new Error('the mock has two')
    expect(changeIn(DIFFERENCE.changes, '/images', page)).toBeUndefined()
    expect(changeIn([], '/', images)).toBeUndefined()
  })
})
