import { describe, expect, it } from 'vitest'
import { above, below, isArchive, waysTo } from './paths.ts'

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
})
