import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newDecision, newMigration } from '#support/new.ts'

const INDEX = readFileSync(
  join(import.meta.dirname, '../../daemon/src/store/migrations/index.ts'),
  'utf8',
)

describe('pnpm new', () => {
  it('makes the next migration, and its two lines in the index', () => {
    const names = ['0001-initial.ts', '0007-volumes.ts', '0007-volumes.test.ts', 'index.ts']

    const { file, index } = newMigration('labels of apps', names, INDEX)

    expect(file).toEqual({
      path: 'daemon/src/store/migrations/0008-labels-of-apps.ts',
      text: '/** Labels of apps. */\nexport const labelsOfApps = /* sql */ `\n`\n',
    })
    const added = index.text.split('\n').filter((line) => !INDEX.split('\n').includes(line))
    expect(added).toEqual([
      "import { labelsOfApps } from '#store/migrations/0008-labels-of-apps.ts'",
      "  { name: '0008-labels-of-apps', sql: labelsOfApps },",
    ])
    expect(index.text.endsWith('sql: labelsOfApps },\n]\n')).toBe(true)
  })

  it('makes the next decision record', () => {
    const made = newDecision('Locks are files', ['0001-x.md', '0060-y.md'])

    expect(made.path).toBe('docs/decisions/0061-locks-are-files.md')
    expect(made.text).toBe(
      '# 61 Locks are files\n\n## Context\n\n## Decision\n\n## Cost\n\n## When to look again\n',
    )
  })

  it('wants a title', () => {
    expect(() => newDecision('…', [])).toThrow('a title is needed')
  })
})
