import type { AlertEvent } from '@vastrox/shared/alert.ts'
import type { Notification } from '@vastrox/shared/channel.ts'
import type { HostCare } from '@vastrox/shared/host-care.ts'
import { createAlertBook } from '#core/alerts/alert-book.ts'
import type { AlertServices } from '#core/alerts/alert-services.ts'
import { createEvaluator } from '#core/alerts/evaluator.ts'
import { createHear } from '#core/alerts/hear.ts'
import { createLooks } from '#core/alerts/looks.ts'
import type { MetricSource } from '#core/alerts/metric-source.ts'
import { createPlatformMarks } from '#core/alerts/platform-marks.ts'
import { createAlertRounds } from '#core/alerts/rounds.ts'
import { createRuleBook } from '#core/alerts/rule-book.ts'
import type { TellAlerts } from '#core/alerts/tell-alerts.ts'
import { createUsual } from '#core/alerts/usual.ts'
import { createWatched } from '#core/alerts/watched.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { namesKey } from '#core/certificates/names.ts'
import type { Narrowed } from '#core/channels/notify.ts'
import type { Announce } from '#core/outgoing-webhooks/announce.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createAlertRuleStore } from '#store/alert-rule-store.ts'
import { createAlertStore } from '#store/alert-store.ts'
import { createAppStore } from '#store/app-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createCertificateStore } from '#store/certificate-store.ts'
import { createCertificateWantStore } from '#store/certificate-want-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createDiskDayStore } from '#store/disk-day-store.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { createSilenceStore } from '#store/silence-store.ts'

export interface AlertDeps {
  db: Database
  finder: AppFinder
  /** Where what is measured comes from. */
  source: MetricSource
  /** To the team's channels: queued in the same transaction, never throws. */
  notify: (teamId: string, notification: Notification, narrowed: Narrowed) => void
  hasChannel: (teamId: string) => boolean
  announce: Announce['announce']
  hints: Pick<InstanceHints, 'on'>
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  /** The team of the operators. */
  operators: () => string
  nodeName: string
  isNodeReachable: () => Promise<boolean>
  care: () => Promise<HostCare>
  proxyWorkers: () => number
  expectedWorkers: number
  checkOf: (id: string) => { teamId: string; appId: string | null; name: string } | undefined
  dashboardUrl: () => string
  /** Of the machine, since it started. */
  bootId: string
  fileId: string
  onProblem: (what: string, error: unknown) => void
}

/** Wires alerts: what is noted and looked at, who is told, and what people do about them. */
export function composeAlerts(given: AlertDeps) {
  const { db, source } = given
  const transact = transactionOf(db)
  const apps = createAppStore(db)
  const instances = createInstanceStore(db)
  const alerts = createAlertStore(db)
  const ruleStore = createAlertRuleStore(db)
  const silences = createSilenceStore(db)
  const rules = createRuleBook(ruleStore)
  const book = createAlertBook({ ...given, store: alerts, rules, apps, transact })
  const hear = createHear({ book, apps })
  const watched = createWatched({ ...given, apps, addons: createAddonStore(db) })
  const usual = createUsual({ ...given, days: createDiskDayStore(db) })
  const evaluator = createEvaluator({ ...given, book, rules, watched, usual })
  let ofCertificates: ReturnType<typeof openCertificates> | undefined
  const openCertificates = () => ({
    wants: createCertificateWantStore(db),
    certificates: createCertificateStore(db),
  })
  function isCertificateWanted(hosts: string): boolean {
    const { wants, certificates } = (ofCertificates ??= openCertificates())
    return (
      wants.findForPlatform(hosts)?.droppedAt === null ||
      certificates
        .listForPlatform()
        .some((one) => one.issuer === 'uploaded' && namesKey(one.hosts) === hosts)
    )
  }
  const looks = createLooks({ ...given, book, apps, instances, isCertificateWanted })
  const marks = createPlatformMarks({ ...given, book, meta: createMetaStore(db) })
  const rounds = createAlertRounds({ ...given, book, store: alerts, looks, loadTell })
  /** Measured with every sample of the agent's. */
  const alive = `node:${given.nodeName}/memoryTotal`
  let telling: Promise<TellAlerts> | undefined
  let services: Promise<AlertServices> | undefined
  let stops: (() => void)[] = []

  async function openTell(): Promise<TellAlerts> {
    const [{ createTellAlerts }, { createBefore }] = await Promise.all([
      import('#core/alerts/tell-alerts.ts'),
      import('#core/alerts/before.ts'),
    ])
    const beforeOf = createBefore({
      apps,
      audit: createAuditStore(db),
      deployments: createDeploymentStore(db),
    })
    return createTellAlerts({
      ...given,
      store: alerts,
      book,
      rules,
      silences,
      apps,
      beforeOf,
      transact,
    })
  }
  function loadTell(): Promise<TellAlerts> {
    return (telling ??= openTell())
  }

  async function openServices(): Promise<AlertServices> {
    const { createAlertServices } = await import('#core/alerts/alert-services.ts')
    return createAlertServices({
      ...given,
      alerts,
      ruleStore,
      silences,
      book,
      rules,
      apps,
      transact,
    })
  }

  return {
    load: (): Promise<AlertServices> => (services ??= openServices()),
    hear,
    note: (event: AlertEvent): void => book.note(event),
    settle: (key: string): void => book.settle(key),
    /** Told of every problem of the daemon: one that says damage is an alert. */
    ofProblem: (what: string, error: unknown): void => marks.ofProblem(what, error),
    /** For tests: one round, and how much is watched. */
    round: rounds.round,
    watches: evaluator.size,

    start(): void {
      marks.begin()
      stops = [
        source.onTick((_, latest) => {
          if (latest(alive) !== undefined) looks.heard()
        }),
        evaluator.start(),
        given.hints.on((hint) => {
          if (hint.type !== 'instance' || hint.action !== 'oom') return
          const row = instances.findForPlatform(hint.name)
          if (row) hear.ofOutOfMemory(row)
        }),
      ]
      rounds.start()
    },

    async stop(): Promise<void> {
      for (const stop of stops) stop()
      await rounds.stop()
      marks.end()
    },
  }
}
export type AlertParts = ReturnType<typeof composeAlerts>
