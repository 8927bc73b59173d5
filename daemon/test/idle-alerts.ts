import type { Actor } from '@vastrox/shared/actor.ts'
import { NO_METRICS } from '#core/alerts/metric-source.ts'
import { type AlertDeps, composeAlerts } from '../src/compose-alerts.ts'

type Given = Pick<
  AlertDeps,
  'db' | 'finder' | 'hints' | 'audit' | 'events' | 'clock' | 'newId' | 'onProblem'
> & { actor: Actor }

/** Alerts in a world where all is well, nothing is measured and nobody is told. */
export const idleAlerts = (given: Given, change: Partial<AlertDeps> = {}) =>
  composeAlerts({
    db: given.db,
    finder: given.finder,
    hints: given.hints,
    audit: given.audit,
    events: given.events,
    clock: given.clock,
    newId: given.newId,
    onProblem: given.onProblem,
    source: NO_METRICS,
    notify: () => {},
    hasChannel: () => false,
    announce: () => {},
    operators: () => given.actor.teamId,
    nodeName: 'local',
    isNodeReachable: async () => true,
    care: async () => ({ at: given.clock.now().toISOString(), findings: [] }),
    proxyWorkers: () => 1,
    expectedWorkers: 1,
    checkOf: () => undefined,
    dashboardUrl: () => 'https://example.com:8443',
    bootId: 'boot1',
    fileId: '1:1',
    ...change,
  })
