import type { FirewallChange } from '@vastrox/shared/firewall.ts'
import type { FirewallMode } from '@vastrox/shared/firewall-rule.ts'
import type { Database } from '#store/database.ts'

export type FirewallChangeState = FirewallChange['state']

/** One change, from the wish to its end; `planJson` is the whole plan that it asked for. */
export interface FirewallChangeRecord {
  number: number
  node: string
  teamId: string
  state: FirewallChangeState
  mode: FirewallMode
  summary: string
  planJson: string
  guardMs: number
  actor: string
  actorAddress: string | null
  createdAt: string
  appliedAt: string | null
  generation: number | null
  pendingUntil: string | null
  endedAt: string | null
  reason: string | null
}

interface ChangeRow {
  number: number
  node: string
  team_id: string
  state: FirewallChangeState
  mode: FirewallMode
  summary: string
  plan_json: string
  guard_ms: number
  actor: string
  actor_address: string | null
  created_at: string
  applied_at: string | null
  generation: number | null
  pending_until: string | null
  ended_at: string | null
  reason: string | null
}

type NewChange = Omit<
  FirewallChangeRecord,
  'number' | 'appliedAt' | 'generation' | 'pendingUntil' | 'endedAt' | 'reason'
>

/** The line of changes of each node. The newest confirmed one holds. */
export function createFirewallStore(db: Database) {
  const insert = db
    .prepare<Omit<ChangeRow, 'number'>, number>(
      `INSERT INTO firewall_changes (node, team_id, state, mode, summary, plan_json, guard_ms, actor,
         actor_address, created_at, applied_at, generation, pending_until, ended_at, reason)
       VALUES (@node, @team_id, @state, @mode, @summary, @plan_json, @guard_ms, @actor,
         @actor_address, @created_at, @applied_at, @generation, @pending_until, @ended_at, @reason)
       RETURNING number`,
    )
    .pluck()
  const save = db.prepare<ChangeRow>(
    `UPDATE firewall_changes SET state = @state, applied_at = @applied_at, generation = @generation,
       pending_until = @pending_until, ended_at = @ended_at, reason = @reason
     WHERE number = @number`,
  )
  const open = db.prepare<[node: string], ChangeRow>(
    "SELECT * FROM firewall_changes WHERE node = ? AND state IN ('applying', 'pending')",
  )
  const confirmed = db.prepare<[node: string], ChangeRow>(
    "SELECT * FROM firewall_changes WHERE node = ? AND state = 'confirmed' ORDER BY number DESC LIMIT 1",
  )
  const newest = db.prepare<[node: string, limit: number], ChangeRow>(
    'SELECT * FROM firewall_changes WHERE node = ? ORDER BY number DESC LIMIT ?',
  )
  const prune = db.prepare<{ node: string; kept: number }>(
    `DELETE FROM firewall_changes WHERE node = @node AND state IN ('reverted', 'failed', 'confirmed')
       AND number NOT IN
         (SELECT number FROM firewall_changes WHERE node = @node ORDER BY number DESC LIMIT @kept)
       AND number NOT IN
         (SELECT max(number) FROM firewall_changes WHERE node = @node AND state = 'confirmed')`,
  )

  return {
    /** Throws where one is open already (a unique index says so). */
    insertForPlatform(change: NewChange): FirewallChangeRecord {
      const whole = {
        ...change,
        appliedAt: null,
        generation: null,
        pendingUntil: null,
        endedAt: null,
        reason: null,
      }
      const { number: _, ...row } = toRow({ ...whole, number: 0 })
      return { ...whole, number: Number(insert.get(row)) }
    },
    saveForPlatform: (change: FirewallChangeRecord): void => {
      save.run(toRow(change))
    },
    findOpenForPlatform: (node: string): FirewallChangeRecord | undefined => some(open.get(node)),
    findConfirmedForPlatform: (node: string): FirewallChangeRecord | undefined =>
      some(confirmed.get(node)),
    listForPlatform: (node: string, limit: number): FirewallChangeRecord[] =>
      newest.all(node, limit).map(toChange),
    /** Forgets old ones, but never the one that holds. */
    pruneForPlatform: (node: string, kept: number): void => {
      prune.run({ node, kept })
    },
  }
}
export type FirewallStore = ReturnType<typeof createFirewallStore>

const some = (row: ChangeRow | undefined): FirewallChangeRecord | undefined => row && toChange(row)

const toChange = (row: ChangeRow): FirewallChangeRecord => ({
  number: row.number,
  node: row.node,
  teamId: row.team_id,
  state: row.state,
  mode: row.mode,
  summary: row.summary,
  planJson: row.plan_json,
  guardMs: row.guard_ms,
  actor: row.actor,
  actorAddress: row.actor_address,
  createdAt: row.created_at,
  appliedAt: row.applied_at,
  generation: row.generation,
  pendingUntil: row.pending_until,
  endedAt: row.ended_at,
  reason: row.reason,
})

const toRow = (change: FirewallChangeRecord): ChangeRow => ({
  number: change.number,
  node: change.node,
  team_id: change.teamId,
  state: change.state,
  mode: change.mode,
  summary: change.summary,
  plan_json: change.planJson,
  guard_ms: change.guardMs,
  actor: change.actor,
  actor_address: change.actorAddress,
  created_at: change.createdAt,
  applied_at: change.appliedAt,
  generation: change.generation,
  pending_until: change.pendingUntil,
  ended_at: change.endedAt,
  reason: change.reason,
})
