import { expect, it } from 'vitest'
import { createBackupStore } from '#store/backup-store.ts'
import { openTestDatabase } from '#test/test-database.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createDomainStore } from '#store/domain-store.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { createUptimeHistoryStore } from '#store/uptime-history-store.ts'
import { createUptimeStore } from '#store/uptime-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'

/** What is read at once for all that a page shows names those of the page so. */
const OF_A_PAGE = / FROM json_each\([^)]+\) AS wanted/
const NAMED = { checks: '[]', span: 'hour', since: '' }

it('what a page shows is read by indices, never by going through a table', () => {
  const db = openTestDatabase(':memory:', { create: true })
  const texts: string[] = []
  const prepare = db.prepare.bind(db)
  Object.defineProperty(db, 'prepare', {
    value: (sql: string) => {
      if (OF_A_PAGE.test(sql)) texts.push(sql)
      return prepare(sql)
    },
  })
  for (const make of [
    createBackupStore,
    createDeploymentStore,
    createDomainStore,
    createInstanceStore,
    createReleaseStore,
    createUptimeHistoryStore,
    createUptimeStore,
    createVolumeStore,
  ])
    make(db)

  expect(texts).toHaveLength(9)
  for (const text of texts) {
    const given = text.includes('@') ? [{ ...NAMED }] : ['[]']
    const steps = prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`).all(...given)
    const read = steps.map(({ detail }) => detail).filter((each) => /^(SCAN|SEARCH)/.test(each))
    expect(read[0], text).toMatch(/^SCAN wanted/)
    for (const each of read.slice(1))
      expect(each, text).toMatch(/^SEARCH .* USING .*(INDEX|PRIMARY KEY)/)
  }
})

it('what a team has backups of is told by an index alone, however many backups there are', () => {
  const db = openTestDatabase(':memory:', { create: true })
  const texts: string[] = []
  const prepare = db.prepare.bind(db)
  Object.defineProperty(db, 'prepare', {
    value: (sql: string) => {
      if (sql.includes('subject_name, max(seq)')) texts.push(sql)
      return prepare(sql)
    },
  })
  createBackupStore(db)

  expect(texts).toHaveLength(1)
  expect(
    prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${texts[0] ?? ''}`)
      .all('team')
      .map(({ detail }) => detail),
  ).toEqual(['SEARCH backups USING COVERING INDEX backups_subjects_of_team (team_id=?)'])
})
