import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PlatformManifest, STAGED, STAGING_NAME } from '@vastrox/shared/platform-backup.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPlatformStaging } from '#adapters/system/platform-staging.ts'
import {
  createPlatformSubject,
  mustBeAlone,
  type PlatformContent,
} from '#core/platform/platform-staging.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { createPlatformStore } from '#store/platform-store.ts'
import { createFakeClock, NOON } from '#test/fakes/clock.ts'

let home: string
let db: Database
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vastrox-staging-'))
  await mkdir(join(home, 'repositories', 'app1.git', 'refs', 'heads'), { recursive: true })
  await writeFile(join(home, 'repositories', 'app1.git', 'refs', 'heads', 'main'), 'sha-1\n')
  await writeFile(join(home, 'repositories', 'app1.git', 'refs', 'heads', 'main.lock'), 'half')
  await writeFile(join(home, 'audit-anchors.jsonl'), '{}\n')
  db = openDatabase(join(home, 'control.db'), { create: true })
})
afterEach(async () => {
  db.close()
  await rm(home, { recursive: true, force: true })
})

const subject = () =>
  createPlatformSubject({
    store: createPlatformStore(db),
    meta: createMetaStore(db),
    staging: createPlatformStaging({
      daemon: home,
      repositories: join(home, 'repositories'),
      auditAnchors: join(home, 'audit-anchors.jsonl'),
    }),
    masterKeys: () => 'ab'.repeat(32),
    addons: () => [],
    installation: { instance: 'abc123', publicAddress: '127.0.0.1', baseDomain: 'localhost' },
    version: '1',
    clock: createFakeClock(),
    newIncarnation: () => '0123456789ab',
  })
async function withContent<Result>(
  platform: ReturnType<typeof subject>,
  work: (content: PlatformContent) => Promise<Result>,
): Promise<Result> {
  const { content, end } = await platform.contentOf('backup01')
  try {
    return await work(content)
  } finally {
    await end?.()
  }
}
const folder = (name = ''): string => join(home, STAGING_NAME, name)

function fill(rows: number): void {
  const insert = db.prepare('INSERT INTO meta VALUES (?, ?)')
  db.transaction(() => {
    for (let at = 0; at < rows; at += 1) insert.run(`filler-${at}`, 'x'.repeat(500))
  })()
}

describe('what the daemon gives to a backup of the platform', () => {
  it('is a whole copy of a database that is written meanwhile, and what stood beside it (B2)', async () => {
    fill(20_000)
    let rows = 0
    const writing = setInterval(() => {
      db.prepare('INSERT INTO meta VALUES (?, ?)').run(`meanwhile-${(rows += 1)}`, 'y')
    }, 0)

    const seen = await withContent(subject(), async (content) => {
      clearInterval(writing)
      await writeFile(join(home, 'repositories', 'app1.git', 'refs', 'heads', 'main'), 'sha-2\n')
      const copy = openDatabase(folder(STAGED.database), { create: false })
      const kept = copy.prepare("SELECT count(*) FROM meta WHERE key LIKE 'filler%'").pluck().get()
      copy.close()
      return {
        content,
        kept,
        manifest: PlatformManifest.parse(
          JSON.parse(await readFile(folder(STAGED.manifest), 'utf8')),
        ),
        ref: await readFile(folder('refs/app1.git/refs/heads/main'), 'utf8'),
        lock: existsSync(folder('refs/app1.git/refs/heads/main.lock')),
        key: await readFile(folder(STAGED.masterKey), 'utf8'),
        mode: (await stat(folder())).mode & 0o777,
        keyMode: (await stat(folder(STAGED.masterKey))).mode & 0o777,
      }
    })

    expect(rows).toBeGreaterThan(0)
    expect(seen).toMatchObject({
      content: { type: 'platform', stagingName: STAGING_NAME, imageIds: [] },
      kept: 20_000,
      manifest: { backupId: 'backup01', takenAt: NOON.toISOString(), incarnation: '0123456789ab' },
      ref: 'sha-1\n',
      lock: false,
      key: 'ab'.repeat(32),
      mode: 0o700,
      keyMode: 0o600,
    })
  })

  it('goes when the work is done, when it fails, and after a crash', async () => {
    await expect(
      withContent(subject(), () => Promise.reject(new Error('the disk is full'))),
    ).rejects.toThrow('the disk is full')
    expect(existsSync(folder())).toBe(false)

    await mkdir(folder())
    await subject().tidy()
    expect(existsSync(folder())).toBe(false)
  })

  it('is one at a time', async () => {
    const platform = subject()
    let inside = 0
    const most: number[] = []
    const work = async (): Promise<void> => {
      most.push((inside += 1))
      await new Promise((resolve) => setTimeout(resolve, 5))
      inside -= 1
    }

    await Promise.all([withContent(platform, work), withContent(platform, work)])

    expect(most).toEqual([1, 1])
  })
})

describe('two servers that are the same installation', () => {
  const by = (incarnation: string, day: number) => ({
    time: `2026-11-0${day}T03:00:00Z`,
    tags: [`incarnation=${incarnation}`],
  })

  it('do not both store: the one that was given up is refused, in words', () => {
    const old = [by('old', 1), by('old', 2)]
    const both = [...old, by('new', 3)]

    expect(() => mustBeAlone(old, 'incarnation=old')).not.toThrow()
    // Whoever was restored has stored nothing yet.
    expect(() => mustBeAlone(old, 'incarnation=new')).not.toThrow()
    expect(() => mustBeAlone(both, 'incarnation=new')).not.toThrow()
    expect(() => mustBeAlone(both, 'incarnation=old')).toThrow(
      expect.objectContaining({ code: 'BACKUP_OTHER_INSTALLATION' }),
    )
    expect(() => mustBeAlone([], 'incarnation=new')).not.toThrow()
  })
})
