import { existsSync, readdirSync, readFileSync } from 'node:fs'
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

  it('says of every folder of core and of the agent what it is for', () => {
    const text = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8')
    const said = new Set([...text.matchAll(/^\| `([a-z-]+)` \| /gm)].map((match) => match[1]))
    const folders = ['daemon/src/core', 'agent/src'].flatMap((path) =>
      readdirSync(join(root, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name),
    )

    expect(folders.length).toBeGreaterThan(40)
    expect(folders.filter((name) => !said.has(name))).toEqual([])
  })

  it('and so does docs/SECURITY.md, which speaks of every requirement once', () => {
    const text = readFileSync(join(root, 'docs/SECURITY.md'), 'utf8')
    const named = [
      ...text.matchAll(/`((?:daemon|agent|shared|dashboard|e2e|docs)\/[\w./-]+\.(?:tsx?|md))`/g),
    ].map((match) => match[1] ?? '')
    const rows = [
      ...text.matchAll(
        /^\| (\d+\.\d+\.\d+) \| [12] \| (met|not applicable|falls short) \| (.+) \|$/gm,
      ),
    ]
    const said = (verdict: string): number => rows.filter((row) => row[2] === verdict).length

    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
    expect(new Set(rows.map((row) => row[1])).size).toBe(253)
    expect(rows.length).toBe(253)
    expect(text.replaceAll('\n', ' ')).toContain(
      `${said('met')} met, ${said('not applicable')} that do not apply, ${said('falls short')} that fall short`,
    )
  })
})
