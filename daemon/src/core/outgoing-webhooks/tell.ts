import type { Actor } from '@vastrox/shared/actor.ts'
import type { DeploymentState } from '@vastrox/shared/deployment.ts'
import { SubscribedEvent } from '@vastrox/shared/outgoing-webhook.ts'
import { z } from 'zod'
import type { BackupNews } from '#core/backups/backup-news.ts'
import type { Announce } from '#core/outgoing-webhooks/announce.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AppStore } from '#store/app-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { InstanceRecord } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: Pick<AppStore, 'findByIdForPlatform' | 'findByName'>
  releases: Pick<ReleaseStore, 'findForPlatform'>
  announce: Announce['announce']
  dashboardUrl: () => string
  publicUrlOf: (appName: string) => string
}

/** An audit event as it was appended. */
export interface Act {
  actor: Actor
  action: string
  target: string
  result?: 'ok' | 'denied' | 'failed'
  details?: Record<string, unknown>
}

/** What became of a certificate that a CA was asked for. */
export interface CertificateNews {
  teamId: string
  event: 'certificate.issued' | 'certificate.failed'
  hosts: readonly string[]
  reason: string | null
}

const OF_STATES: Partial<Record<DeploymentState, SubscribedEvent>> = {
  live: 'deployment.live',
  failed: 'deployment.failed',
  reverted: 'deployment.reverted',
}
const OfApp = z.object({ app: z.string() })
const OfMove = z.object({ from: z.string(), to: z.string() })

/** Turns what happened inside into what others are told: the one place that knows both. */
export function createTell({ apps, releases, announce, dashboardUrl, publicUrlOf }: Deps) {
  const appIdOf = (teamId: string, name: string): string | null =>
    apps.findByName(systemActor(teamId), name)?.id ?? null

  function ofDomain(
    { actor, target, details }: Act,
    event: SubscribedEvent,
    app: string,
    more: Record<string, unknown> = {},
  ): void {
    const { teamId } = actor
    const why = typeof details?.['why'] === 'string' ? { why: details['why'] } : {}
    const data = { app, host: target, by: actor.name, ...why, ...more }
    announce({ teamId, appId: appIdOf(teamId, app), event, data })
  }

  function ofApp({ actor, target, details }: Act, event: SubscribedEvent): void {
    const { teamId } = actor
    const known = details?.['id']
    const appId = typeof known === 'string' ? known : appIdOf(teamId, target)
    announce({ teamId, appId, event, data: { app: target, by: actor.name } })
  }

  return {
    /** Called with each audit event, inside its transaction. */
    ofAct(act: Act): void {
      const { actor, action, target, details = {}, result = 'ok' } = act
      if (result === 'denied') return
      const named = OfApp.safeParse(details).data?.app
      if (action === 'app.create' || action === 'app.restore') ofApp(act, 'app.created')
      else if (action === 'app.destroy') ofApp(act, 'app.destroyed')
      else if (action === 'domain.add' && named) ofDomain(act, 'domain.added', named)
      else if (action === 'domain.prove' && named) ofDomain(act, 'domain.added', named)
      else if (action === 'domain.remove' && named) ofDomain(act, 'domain.removed', named)
      else if (action === 'domain.lost' && named) ofDomain(act, 'domain.removed', named)
      else if (action === 'domain.astray' && named) ofDomain(act, 'domain.astray', named)
      else if (action === 'domain.move') {
        const moved = OfMove.safeParse(details).data
        if (!moved) return
        ofDomain(act, 'domain.removed', moved.from, { to: moved.to })
        ofDomain(act, 'domain.added', moved.to, { from: moved.from })
      } else if (action === 'certificate.expiring')
        announce({
          teamId: actor.teamId,
          appId: null,
          event: 'certificate.expiring',
          data: { hosts: target.split(' '), notAfter: details['notAfter'] ?? null },
        })
    },

    /** Called with each move of a deployment, inside its transaction. */
    ofDeployment(record: DeploymentRecord): void {
      const event = OF_STATES[record.state]
      const app = event && apps.findByIdForPlatform(record.appId)
      if (!event || !app) return
      const { number, state, trigger, actor, commit, reason, hint, releaseId } = record
      const release = releaseId === null ? undefined : releases.findForPlatform(releaseId)
      announce({
        teamId: record.teamId,
        appId: app.id,
        event,
        data: {
          app: app.name,
          deployment: number,
          state,
          trigger,
          by: actor,
          commit,
          release: release?.number ?? null,
          reason,
          hint,
          url: `${dashboardUrl()}/apps/${app.name}/deployments/${number}`,
          appUrl: publicUrlOf(app.name),
        },
      })
    },

    /** An instance is over its budget of crashes (rule K8). */
    ofCrashLoop({ appId, teamId, process, ordinal, name }: InstanceRecord): void {
      const app = apps.findByIdForPlatform(appId)
      if (!app) return
      announce({
        teamId,
        appId,
        event: 'app.crash_looping',
        data: {
          app: app.name,
          process,
          ordinal,
          instance: name,
          url: `${dashboardUrl()}/apps/${app.name}/processes`,
        },
      })
    },

    /** That something is well again is told by alerts alone. */
    ofBackup({ event, ...news }: BackupNews): void {
      const told = SubscribedEvent.safeParse(event)
      if (told.success) announce({ ...news, event: told.data })
    },

    ofCertificate({ teamId, event, hosts, reason }: CertificateNews): void {
      announce({ teamId, appId: null, event, data: { hosts: [...hosts], reason } })
    },
  }
}
export type Tell = ReturnType<typeof createTell>
