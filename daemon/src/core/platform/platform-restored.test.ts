import { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { RestorableAddons } from '#core/platform/platform-addons.ts'
import { createPlatformRestored } from '#core/platform/platform-restored.ts'
import { FIRST_PLAN } from '#core/firewall/plan.ts'
import { createBackupStore } from '#store/backup-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { transactionOf } from '#store/database.ts'
import { createFirewallStore } from '#store/firewall-store.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { createPlatformStore } from '#store/platform-store.ts'
import { createRestoreStore } from '#store/restore-store.ts'
import { createHarness, type Harness } from '#test/harness.ts'

const NOTE = {
  format: 1 as const,
  backupId: 'backup01',
  snapshotId: 'f'.repeat(64),
  takenAt: '2026-11-26T03:00:00.000Z',
  begunAt: '2026-11-26T09:00:00.000Z',
}

interface Over {
  note?: typeof NOTE | undefined
  addons?: RestorableAddons
  dumps?: Record<string, string>
}

/** The daemon's part, over the rows of a harness; `over` says what install.sh has left. */
function restoredOver(harness: Harness, over: Over = {}) {
  const { db, clock, node } = harness
  const calls: string[] = []
  const note = 'note' in over ? over.note : NOTE
  const restored = createPlatformRestored({
    note,
    forgetNote: async () => void calls.push('forget'),
    store: createPlatformStore(db),
    meta: createMetaStore(db),
    firewall: createFirewallStore(db),
    backups: createBackupStore(db),
    restores: createRestoreStore(db),
    builds: createBuildStore(db),
    agent: node.agent(() => false),
    audit: createAuditLog({ audit: createAuditStore(db), clock, key: Buffer.alloc(32) }),
    clock,
    transact: transactionOf(db),
    system: () => harness.actor,
    newIncarnation: () => 'bbbbbbbbbbbb',
    node: 'local',
    addons: over.addons,
    dumps: {
      open: async (id) => {
        const text = over.dumps?.[id]
        return text === undefined
          ? undefined
          : { name: 'dump.pgc', content: Readable.from([Buffer.from(text)]) }
      },
      remove: async (id) => void calls.push(`remove ${id}`),
      removeAll: async () => void calls.push('remove dumps'),
    },
    startApps: async () => void calls.push('start'),
  })
  return { restored, calls }
}

function signIn({ db }: Harness): void {
  db.exec(`INSERT INTO users (id, name, created_at) VALUES ('u1', 'anna', 'x');
    INSERT INTO sessions (id, user_id, team_id, method, refresh_generation, refresh_hash, refreshed_at,
      user_agent, address, created_at, last_used_at, expires_at)
    VALUES ('s1', 'u1', 'team1', 'link', 1, 'h', 'x', '', '', 'x', 'x', 'x');
    INSERT INTO sign_in_links (token_hash, user_id, expires_at) VALUES ('h', 'u1', 'x')`)
}

function enforce({ db, clock }: Harness): void {
  const firewall = createFirewallStore(db)
  const at = clock.now().toISOString()
  const change = firewall.insertForPlatform({
    node: 'local',
    teamId: 'team1',
    state: 'confirmed',
    mode: 'enforce',
    summary: 'enforce',
    planJson: JSON.stringify({ ...FIRST_PLAN, mode: 'enforce', maxConnectionsPerSource: 77 }),
    guardMs: 0,
    actor: 'anna',
    actorAddress: null,
    createdAt: at,
  })
  firewall.saveForPlatform({ ...change, appliedAt: at, endedAt: at, generation: 1 })
}

const counts = ({ db }: Harness) =>
  ['sessions', 'sign_in_links', 'firewall_changes', 'audit_events'].map((table) =>
    db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  )

describe('a daemon on a machine that was restored onto', () => {
  it('ends every sign-in and only watches at the firewall, whose rules stay; once', () => {
    const harness = createHarness()
    signIn(harness)
    enforce(harness)

    restoredOver(harness).restored.settle()

    const confirmed = createFirewallStore(harness.db).findConfirmedForPlatform('local')
    expect(confirmed?.mode).toBe('observe')
    expect(JSON.parse(confirmed?.planJson ?? '')).toMatchObject({
      mode: 'observe',
      maxConnectionsPerSource: 77,
    })
    expect(createMetaStore(harness.db).readNoteForPlatform('incarnation')).toBe('bbbbbbbbbbbb')
    const after = counts(harness)
    expect(after.slice(0, 3)).toEqual([0, 0, 2])
    // Killed before the note was taken away: the next start changes nothing more.
    restoredOver(harness).restored.settle()
    expect(counts(harness)).toEqual(after)
  })

  it('ends a change of the firewall that waited for somebody on the machine before', () => {
    const harness = createHarness()
    const firewall = createFirewallStore(harness.db)
    firewall.insertForPlatform({
      node: 'local',
      teamId: 'team1',
      state: 'applying',
      mode: 'enforce',
      summary: 'enforce',
      planJson: JSON.stringify(FIRST_PLAN),
      guardMs: 60_000,
      actor: 'anna',
      actorAddress: null,
      createdAt: 'x',
    })

    restoredOver(harness).restored.settle()

    expect(firewall.findOpenForPlatform('local')).toBeUndefined()
    expect(firewall.findConfirmedForPlatform('local')).toBeUndefined()
  })

  it('does not make the backup that it comes from anew, nor any that was under way', () => {
    const harness = createHarness()
    const { db } = harness
    db.exec(`INSERT INTO destinations (id, team_id, name, kind, settings_json, secrets_sealed, password_sealed,
        folder, is_default, created_at) VALUES ('d1', 'team1', 'main', 'local', '{}', x'', x'', 'f', 1, 'x')`)
    const insert =
      db.prepare(`INSERT INTO backups (id, team_id, group_id, node, subject_type, subject_id,
        subject_name, destination_id, purpose, actor, state, wanted_mode, allow_smaller, is_kept, asked_at)
      VALUES (?, 'team1', 'g', 'local', 'platform', '', 'platform', 'd1', 'asked', 'anna', ?, 'live', 0, 0, 'x')`)
    insert.run(NOTE.backupId, 'running')
    insert.run('backup02', 'queued')
    insert.run('backup03', 'removing')

    restoredOver(harness).restored.settle()

    const backups = createBackupStore(db)
    expect(backups.findForPlatform(NOTE.backupId)).toMatchObject({
      state: 'done',
      snapshotId: NOTE.snapshotId,
      endedAt: NOTE.takenAt,
    })
    expect(backups.findForPlatform('backup02')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('The server was lost'),
    })
    expect(backups.listUnderWayForPlatform().map(({ id }) => id)).toEqual(['backup03'])
  })

  it('goes on with no restore that was under way: it would go over what comes back now', () => {
    const harness = createHarness()
    const { db } = harness
    db.exec(`INSERT INTO restores (id, team_id, backup_id, subject_type, subject_id, subject_name, how,
        paths_json, by_json, state, is_touched, safety_backup_id, checks_json, started_at)
      VALUES ('restore01', 'team1', 'backup01', 'addon', 'addon001', 'shop-db', 'in-place', '[]',
        '{"kind":"user","id":"u1","name":"anna","userId":"u1"}', 'restoring', 1, 'backup02', '[]', 'x')`)

    restoredOver(harness).restored.settle()

    const restores = createRestoreStore(db)
    expect(restores.listOpenForPlatform()).toEqual([])
    expect(restores.findForPlatform('restore01')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('The server was lost'),
    })
  })

  it('holds its apps back until everything is there, and says which images are not', async () => {
    const harness = createHarness()
    harness.addApp()
    await harness.start()
    await harness.deploy('a1')
    await harness.deploy('a2')
    // The release before may be watched over still, and then runs: its image is in use.
    await harness.clock.pass(600_000)
    const [live, kept] = harness.buildsOf().map(({ imageId }) => imageId)
    harness.node.images.delete(kept ?? '')
    const { restored, calls } = restoredOver(harness)
    restored.settle()
    expect(restored.isHeld()).toBe(true)

    const end = await restored.finish()

    expect(end).toEqual({
      apps: [{ name: 'hello', hasImage: true }],
      addons: [],
      sessionsEnded: 0,
      firewall: null,
    })
    expect(calls).toEqual(['start', 'remove dumps', 'forget'])
    expect(restored.isHeld()).toBe(false)
    expect(
      harness.buildsOf().map(({ imageId, imageRemovedAt }) => [imageId, imageRemovedAt !== null]),
    ).toEqual([
      [live, false],
      [kept, true],
    ])

    // install.sh was killed before it heard the answer.
    expect(await restored.finish()).toEqual(end)
    expect(calls).toEqual(['start', 'remove dumps', 'forget'])
    harness.node.images.delete(live ?? '')
    const next = restoredOver(harness, { note: undefined })
    expect((await next.restored.finish()).apps).toEqual([{ name: 'hello', hasImage: false }])
    expect(next.calls).toEqual([])
  })

  it('fills every database before an app starts, and keeps those stopped that stay empty', async () => {
    const harness = createHarness()
    const held = new Map([
      ['addon001', 'shop-db'],
      ['addon002', 'blog-db'],
      ['addon003', 'cache'],
    ])
    const acts: string[] = []
    const addons: RestorableAddons = {
      holdBack: () => void acts.push('hold back'),
      listHeld: () => [...held].map(([id, name]) => ({ id, name })),
      async fill(id, dump) {
        acts.push(`fill ${id} with ${await text(dump)}`)
        if (id === 'addon002')
          throw new CodedError('RESTORE_FAILED', { reason: 'pg_restore: out of memory' })
        held.delete(id)
      },
      async keepStopped(id, reason) {
        acts.push(`keep ${id} stopped: ${reason}`)
        held.delete(id)
      },
    }
    const dumps = { addon001: 'orders', addon002: 'posts' }
    const { restored, calls } = restoredOver(harness, { addons, dumps })
    restored.settle()

    const end = await restored.finish()

    expect(end.addons).toEqual([
      { name: 'shop-db', reason: null },
      { name: 'blog-db', reason: expect.stringContaining('out of memory') },
      { name: 'cache', reason: expect.stringContaining('no backup') },
    ])
    expect(acts[0]).toBe('hold back')
    expect(acts.filter((act) => act.startsWith('fill'))).toEqual([
      'fill addon001 with orders',
      'fill addon002 with posts',
    ])
    expect(acts.filter((act) => act.startsWith('keep'))).toHaveLength(2)
    expect(calls).toEqual(['remove addon001', 'start', 'remove dumps', 'forget'])
  })
})
