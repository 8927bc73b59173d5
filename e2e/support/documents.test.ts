import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

describe('docs/ARCHITECTURE.md', () => {
  it('names only files that exist', () => {
    const text = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8')
    const named = [
      ...text.matchAll(/`((?:daemon|agent|shared|dashboard|e2e)\/[\w./-]+\.tsx?)`/g),
    ].map((match) => match[1] ?? '')

    expect(named.length).toBeGreaterThan(8)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('links only to documents that exist', () => {
    for (const name of ['README.md', 'docs/ARCHITECTURE.md', 'docs/OPERATING.md']) {
      const text = readFileSync(join(root, name), 'utf8')
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(
        (match) => match[1] ?? '',
      )
      expect(
        links.filter((path) => !existsSync(join(root, name, '..', path))),
        name,
      ).toEqual([])
    }
  })
})
